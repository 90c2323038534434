import { afterAll, beforeAll, expect, it } from "vitest";
import { parseFrr } from "../../src/check/parse/frr.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { shippedConfig } from "../fabric/config.ts";
import { nodeOf } from "../render/site.ts";
import { type FrrLab, frrLab } from "./frr-lab.ts";
import { bgpRoutes, prefixesOf, sessionState, untilEqual } from "./frr-state.ts";

/**
 * A server in the first layer 2 VLAN, as OpenStack's network nodes are: it connects to leaf2's loopback, and announces
 * tenants' networks.
 *
 *     leaf2  vlan11 192.168.113.1 ─── 192.168.113.200  network, AS 64914
 *
 * `vlan11` is a veth that only has the name of a VLAN interface, since not every kernel has VLANs.
 */
const fabric = planFabric(shippedConfig({ NUM_RACKS: 1, NUM_SPINES: 1, NUM_U: 3, SERVER_MAX_PREFIXES: 3 }));
const leaf2 = nodeOf(fabric, "leaf2");
const SERVER = "192.168.113.200";
const AS = 64914;
const ACCEPTED = ["192.168.119.0/24", "192.168.119.5/32"];
const REFUSED = ["0.0.0.0/0", "192.168.110.0/24", "192.168.113.0/24", "192.168.113.7/32", "10.1.0.0/16"];

let lab: FrrLab;

beforeAll(async () => {
  lab = await frrLab(fabric);
  await lab.add("network", serverConf());
  await lab.link({ machine: "leaf2", interface: "vlan11" }, { machine: "network", interface: "to-leaf2" });
  await lab.run("leaf2", "ip", "address", "add", "192.168.113.1/24", "dev", "vlan11");
  await lab.run("network", "ip", "address", "add", `${SERVER}/24`, "dev", "to-leaf2");
  await lab.run("network", "ip", "route", "add", String(leaf2.loopback), "via", "192.168.113.1");
  await Promise.all(["leaf2", "network"].map(lab.start));
});

afterAll(async () => {
  await lab?.close();
});

it("leaf2 accepts the session of a server in the VLAN, and from it what it accepts from other servers", async () => {
  await untilEqual("leaf2 has the server's networks", ACCEPTED, async () =>
    prefixesOf(await lab.vtysh("leaf2", `show bgp ipv4 unicast neighbors ${SERVER} routes json`)),
  );
  await untilEqual("leaf2 routes to them", ["192.168.119.0/24", "192.168.119.5"], () =>
    bgpRoutes(lab, "leaf2"),
  );
  await untilEqual("the server learns leaf2's loopback and VLAN", true, async () => {
    const routes = await lab.vtysh(
      "network",
      `show bgp ipv4 unicast neighbors ${leaf2.loopback} routes json`,
    );
    return [`${leaf2.loopback}/32`, "192.168.113.0/24"].every((prefix) =>
      prefixesOf(routes).includes(prefix),
    );
  });
});

it("leaf2 ends the session of a server in the VLAN that announces too many prefixes", async () => {
  const more = Array.from({ length: 4 }, (_, index) => `network 192.168.119.${10 + index}/32`);
  await lab.vtysh(
    "network",
    "configure terminal",
    `router bgp ${AS}`,
    "address-family ipv4 unicast",
    ...more,
  );
  await untilEqual("the session ended", "Idle", () => sessionState(lab, "leaf2", SERVER));
  expect(parseFrr(await lab.vtysh("leaf2", "show bgp summary json")).cutOff).toEqual([SERVER]);
});

function serverConf(): string {
  return [
    "frr defaults datacenter",
    `router bgp ${AS}`,
    ` bgp router-id ${SERVER}`,
    " no bgp default ipv4-unicast",
    " no bgp network import-check",
    ` neighbor ${leaf2.loopback} remote-as external`,
    // The loopback is a hop away from the VLAN's gateway.
    ` neighbor ${leaf2.loopback} disable-connected-check`,
    ` neighbor ${leaf2.loopback} timers connect 1`,
    " address-family ipv4 unicast",
    `  neighbor ${leaf2.loopback} activate`,
    ...[...ACCEPTED, ...REFUSED].map((prefix) => `  network ${prefix}`),
    " exit-address-family",
    "exit",
    "",
  ].join("\n");
}
