import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { unusedKeys } from "../../src/config/unused.ts";
import { formatProblem } from "../../src/errors.ts";

function unused(text: string, ...sets: readonly string[]): readonly string[] {
  return unusedKeys(readConfig(text, "my.conf", { sets })).map(formatProblem);
}

describe("numbered keys that have no effect", () => {
  it("are those beyond the count, reported with line and remedy", () => {
    expect(
      unused(
        "NUM_RACKS=3\nDHCPD_SUBNET_4=192.168.120\nVLAN_SBUNET2_PREFIX=192.168.125\n",
        "VLAN_SUBNETS_NUM=1",
      ),
    ).toEqual([
      "my.conf:2: DHCPD_SUBNET_4: unused with NUM_RACKS=3; it takes effect with NUM_RACKS=4 to 64",
      "my.conf:3: VLAN_SBUNET2_PREFIX: unused with VLAN_SUBNETS_NUM=1; it takes effect with VLAN_SUBNETS_NUM=2 to 128",
    ]);
  });

  it("are neither those in use nor those that repeat the default, as in the shipped file", () => {
    expect(unused("NUM_RACKS=4\nDHCPD_SUBNET_4=192.168.120\n")).toEqual([]);
    expect(
      unused(
        "NUM_RACKS=1\nDHCPD_SUBNET_3=192.168.112\nVLAN_SUBNETS_NUM=0\nVLAN_SBUNET1_PREFIX=192.168.113\n",
      ),
    ).toEqual([]);
  });
});
