import { describe, expect, it } from "vitest";
import { FAMILIES, findKey, numberedKey, writableKeys } from "../../src/config/keys.ts";

describe("the table of keys", () => {
  it("finds every key that may be assigned, and no other", () => {
    expect(writableKeys().filter((key) => findKey(key) === undefined)).toEqual([]);
    expect(new Set(writableKeys()).size).toBe(writableKeys().length);
    for (const name of [
      "DHCPD_SUBNET",
      "DHCPD_SUBNET_",
      "DHCPD_SUBNET_0",
      "DHCPD_SUBNET_01",
      "DHCPD_SUBNET_65",
      "DHCPD_SUBNET_1x",
      "VLAN_SBUNET_PREFIX",
      "VLAN_SBUNET129_PREFIX",
      "num_u",
      "__proto__",
      "constructor",
      "",
    ]) {
      expect(findKey(name), name).toBeUndefined();
    }
  });

  it("has numbered names for the keys of a family", () => {
    expect(FAMILIES.map(({ spec }) => numberedKey(spec, 12))).toEqual([
      "DHCPD_SUBNET_12",
      "VLAN_SBUNET12_PREFIX",
    ]);
  });
});
