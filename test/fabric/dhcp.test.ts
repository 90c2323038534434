import { describe, expect, it } from "vitest";
import { configFrom, ROOMY, shippedConfig } from "./config.ts";
import { plan, scopes } from "./parts.ts";

describe("DHCP networks that the configuration does not name", () => {
  it("are the next free ones after the last that it names", () => {
    // .113 to .117 are taken by VLANs.
    const fabric = plan(configFrom("NUM_RACKS=5"));
    expect(scopes(fabric).slice(3)).toEqual(["192.168.118.0/24", "192.168.119.0/24"]);
  });

  it("continue at the start of the network and leave out networks in use", () => {
    const lines = ["NUM_RACKS=5", "DHCPD_SUBNET_3=192.168.127", "SERVER_PREFIXES=192.168.101.0/24"];
    const fabric = plan(configFrom(...lines));
    // .96 to .98 are NET1 to NET3, .100 has the PXE server, .101 is for servers.
    expect(scopes(fabric).slice(3)).toEqual(["192.168.99.0/24", "192.168.102.0/24"]);
  });

  it("are in the whole network, even if the configuration names only a lower one, for a rack that does not exist", () => {
    const fabric = plan(shippedConfig({ DHCPD_SUBNET: { 9: "10.0.0" } }));
    expect(scopes(fabric).filter((scope) => !scope.startsWith("192.168."))).toEqual([]);
  });

  it("do not change when racks are added", () => {
    const five = scopes(plan(configFrom(...ROOMY, "NUM_RACKS=5")));
    const sixty = scopes(plan(configFrom(...ROOMY, "NUM_RACKS=60")));
    expect(sixty.slice(0, 5)).toEqual(five);
    expect(new Set(sixty).size).toBe(60);
  });
});
