import { expect, it } from "vitest";
import { formatHostEntries, hostEntries } from "../../../src/export/hosts/host-entries.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom } from "../../fabric/config.ts";

const fabric = planFabric(
  configFrom("NUM_RACKS=1", "DOMAIN=lab.example", "HOST_VIRTUAL_SUBNET6=fd69:6b76:7377::/48"),
);

it("has the loopbacks of all switches, of IPv4 and IPv6, then the BMCs", () => {
  const lines = formatHostEntries(hostEntries(fabric, { hasBmcs: true })).split("\n");
  expect(lines.filter((line) => line.includes("leaf1"))).toEqual([
    "192.168.98.4         leaf1.lab.example leaf1",
    "fd69:6b76:7377:f::4  leaf1.lab.example leaf1",
    expect.stringMatching(/^\d+\.\d+\.\d+\.\d+ +leaf1-bmc$/),
  ]);
  expect(lines).toHaveLength(3 * 5);
  expect(hostEntries(fabric, { hasBmcs: false })).toHaveLength(2 * 5);
});
