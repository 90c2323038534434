import { describe, expect, it } from "vitest";
import { suggest } from "../../src/config/suggest.ts";

const KEYS = ["NUM_U", "NUM_RACKS", "MAC_PREFIX", "VLAN_SBUNET1_PREFIX", "VLAN_SBUNET2_PREFIX", "MY_IP"];

describe("the suggestion for a misspelt key", () => {
  it.each([
    ["NUM_UU", "NUM_U"],
    ["num_u", "NUM_U"],
    ["NUM_RAKCS", "NUM_RACKS"],
    ["NUM_RACK", "NUM_RACKS"],
    ["VLAN_SUBNET2_PREFIX", "VLAN_SBUNET2_PREFIX"],
    ["MAC_PERFIX", "MAC_PREFIX"],
    ["MYIP", "MY_IP"],
  ])("for %s is %s", (written, meant) => {
    expect(suggest(written, KEYS)).toBe(meant);
  });

  it.each(["", "X", "IP", "HOSTNAME", "X".repeat(100_000)])("for %.20s is none", (written) => {
    expect(suggest(written, KEYS)).toBeUndefined();
  });
});
