import { expect, it } from "vitest";
import { parseDhcp } from "../../../src/check/parse/dhcp.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { shippedConfig } from "../../fabric/config.ts";
import { contentOf, nodeOf, render } from "../../render/site.ts";

const SOCKETS = `UNCONN 0      0      192.168.110.1:67        0.0.0.0:*
`;
/** As Kea 2.2 writes it: .20 was leased again, .21 was released, .22 was declined. */
const LEASES = `address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
192.168.110.20,52:54:00:00:00:77,,3600,1795249999,1,0,0,,0,,0
192.168.110.21,52:54:00:00:00:88,01:52,3600,1795249999,1,0,0,,0,,0
192.168.110.20,52:54:00:00:00:99,,3600,1795250999,1,0,0,,0,,0
192.168.110.21,52:54:00:00:00:88,01:52,0,1795250000,1,0,0,,0,,0
192.168.110.22,52:54:00:00:00:aa,,3600,1795249999,1,0,0,,1,,0
`;

it("Kea's networks are read from its socket and from the rendered configuration", () => {
  const fabric = planFabric(shippedConfig());
  const configuration = contentOf(render(fabric, nodeOf(fabric, "leaf1")), "/etc/kea/kea-dhcp4.conf");
  expect(parseDhcp(SOCKETS, configuration, "")).toEqual({
    listening: ["192.168.110.1"],
    subnets: ["192.168.110.0/24"],
    interfaces: ["dhcp0"],
    leases: [],
  });
});

it("the last line for an address counts; a released or declined address is no lease", () => {
  expect(parseDhcp("", "", LEASES).leases).toEqual([{ address: "192.168.110.20", mac: "52:54:00:00:00:99" }]);
});

it("a socket that is bound to a device counts, a socket on another port does not", () => {
  const sockets = "UNCONN 0 0 192.168.111.1%dhcp0:67 0.0.0.0:*\nUNCONN 0 0 192.168.111.1:6767 0.0.0.0:*\n";
  expect(parseDhcp(sockets, "", "").listening).toEqual(["192.168.111.1"]);
});

it("a client's name in Kea's leases hides no other client's lease", () => {
  const head =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id";
  const lease = (last: number, name: string) =>
    `192.168.110.${last},52:54:00:00:00:${last},,3600,1795249999,1,0,0,${name},0,,0`;
  const csv = [head, lease(20, "one"), lease(21, "a\nb,c\n\x1b[2J"), lease(22, "two"), ""].join("\n");
  expect(parseDhcp("", "", csv).leases).toEqual([
    { address: "192.168.110.20", mac: "52:54:00:00:00:20" },
    { address: "192.168.110.22", mac: "52:54:00:00:00:22" },
  ]);
});
