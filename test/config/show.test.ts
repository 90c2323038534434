import { describe, expect, it } from "vitest";
import { KEYS } from "../../src/config/keys/table.ts";
import { readConfig } from "../../src/config/read.ts";
import { describeConfig } from "../../src/config/show.ts";

const loaded = readConfig("BMC_PASSWORD=geheim\nDHCPD_SUBNET_10=192.168.120\n", "/etc/x.conf", {
  sets: ["NUM_RACKS=2"],
});

describe("the description of a configuration", () => {
  it("has each value with its source, unit and meaning, in the order of the table of keys", () => {
    const rows = describeConfig(loaded);
    expect(rows.find(({ key }) => key === "FABRIC_MTU")).toEqual({
      key: "FABRIC_MTU",
      value: "9000",
      source: "default",
      unit: "bytes",
      help: "MTU of every link between switches and servers.",
    });
    const racks = rows.filter(({ key }) => /RACKS|DHCPD/.test(key));
    expect(racks.map(({ key, value, source, help }) => [key, value, source, help])).toEqual([
      ["NUM_RACKS", "2", "--set", "Number of racks. Each has two leaves."],
      ["DHCPD_SUBNET_1", "192.168.110", "default", "First three octets of the /24 of rack 1's DHCP."],
      ["DHCPD_SUBNET_2", "192.168.111", "default", "First three octets of the /24 of rack 2's DHCP."],
      ["DHCPD_SUBNET_10", "192.168.120", "/etc/x.conf:2", "First three octets of the /24 of rack 10's DHCP."],
    ]);
    expect(rows).toHaveLength(Object.keys(KEYS).length - 2 + 3 + 5);
  });

  it("shows passwords only on request", () => {
    const passwords = (secrets?: boolean) =>
      describeConfig(loaded, secrets === undefined ? {} : { secrets })
        .filter(({ key }) => /PASS/.test(key))
        .map(({ value }) => value);
    expect(passwords()).toEqual(["********", "********", ""]);
    expect(passwords(true)).toEqual(["geheim", "changeme", ""]);
    expect(describeConfig(readConfig("", null)).find(({ key }) => key === "BMC_PASSWORD")?.value).toBe("");
  });
});
