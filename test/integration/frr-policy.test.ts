import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseFrr } from "../../src/check/parse/frr.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { FRR_CONF } from "../../src/render/render.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { shippedConfig } from "../fabric/config.ts";
import { patiently } from "../patience.ts";
import { contentOf, nodeOf, render } from "../render/site.ts";
import { type FrrLab, frrLab } from "./frr-lab.ts";
import {
  bfdSessions,
  bgpRoutes,
  connectionsDropped,
  heardFrom,
  prefixesOf,
  sessionState,
  silence,
  untilEqual,
} from "./frr-state.ts";

/**
 * The rendered frr.conf of one rack, on real FRR:
 *
 *              outside
 *                 | ens4
 *              internet
 *            ens5 |  | ens6
 *           spine1    spine2
 *              | \    / |
 *              |  \  /  |          (leaves' ens4 to spine1, ens5 to spine2)
 *           leaf1     leaf2
 *       ens6.10 \     / ens6.10
 *                server            AS 65600, announces too many prefixes
 *
 * Ports are veth pairs; `ens6.10` only has the name of a VLAN interface, since not every kernel has VLANs.
 */
const config = shippedConfig({
  NUM_RACKS: 1,
  NUM_U: 4,
  SERVER_ADDRESSES: ["192.168.100.5/32=1-3", "192.168.110.40/32=1-3", "192.168.100.7/32=1-4"],
  SERVER_MAX_PREFIXES: 5,
  // On a slow machine a living neighbor answers late, too.
  BFD_INTERVAL_MS: patiently(280),
});
const fabric = planFabric(config);
const loopbacks = fabric.nodes.map((node) => String(node.loopback));
const leaf1 = nodeOf(fabric, "leaf1");

// Its own; one next to the switches' loopbacks; two that SERVER_ADDRESSES gives to its position.
const ACCEPTED = ["192.168.100.2/32", "192.168.98.200/32", "192.168.100.5/32", "192.168.110.40/32"];
const REFUSED = [
  // A default route, and other prefixes that would attract traffic for others.
  "0.0.0.0/0",
  "192.168.96.0/19",
  "192.168.0.0/16",
  // Networks around the fabric's own: they would attract traffic for a switch that is off.
  "192.168.96.0/20",
  "192.168.98.0/23",
  "192.168.110.0/23",
  // The fabric's own: a switch, the host's link, a leaf's network and a VLAN.
  `${leaf1.loopback}/32`,
  "192.168.98.1/32",
  "192.168.96.0/24",
  "192.168.96.77/32",
  "192.168.98.0/24",
  "192.168.98.0/25",
  "192.168.98.128/25",
  "192.168.98.4/31",
  "192.168.110.0/24",
  "192.168.110.0/25",
  "192.168.113.0/24",
  "192.168.113.128/25",
  // The gateways of a DHCP network and of a VLAN; an address in each.
  "192.168.110.1/32",
  "192.168.113.1/32",
  "192.168.110.30/32",
  "192.168.113.30/32",
  // The address of a server at another position.
  "192.168.100.7/32",
  // A network outside of the fabric.
  "10.1.0.0/16",
];
const ACCEPTED_IPV6 = ["fd00::1/128"];
const REFUSED_IPV6 = ["::/0", "2a00:1::/32"];

let lab: FrrLab;

beforeAll(async () => {
  lab = await frrLab(fabric);
  await lab.add("server", serverConf());
  for (const leaf of ["leaf1", "leaf2"]) {
    await lab.link({ machine: leaf, interface: "ens6.10" }, { machine: "server", interface: `to-${leaf}` });
  }
  await Promise.all([...fabric.nodes.map((node) => node.name), "server"].map(lab.start));
});

afterAll(async () => {
  await lab?.close();
});

describe("FRR with the rendered frr.conf", () => {
  it("brings up every planned session, with every loopback on every node", async () => {
    for (const node of fabric.nodes) {
      const others = loopbacks.filter((loopback) => loopback !== String(node.loopback));
      await untilEqual(`${node.name} knows all loopbacks`, others, async () =>
        (await bgpRoutes(lab, node.name)).filter((route) => others.includes(route)),
      );
    }
    for (const { a, b } of fabric.sessions) {
      for (const { node, port } of [a, b]) {
        await untilEqual(`${node} ${port}`, "Established", () => sessionState(lab, node, port));
      }
    }
  });

  it("passes packets between all nodes, and between them and the outside", async () => {
    for (const from of ["outside", ...fabric.nodes.map((node) => node.name)]) {
      for (const to of loopbacks) {
        expect(await lab.exitCode(from, "ping", "-c", "1", "-W", "2", to), `${from} to ${to}`).toBe(0);
      }
    }
    expect(await lab.exitCode("leaf1", "ping", "-c", "1", "-W", "2", "192.168.96.1")).toBe(0);
  });

  it.each(["default", String(nodeOf(fabric, "leaf2").loopback)])(
    "uses both spines towards %s",
    async (to) => {
      await untilEqual(`both uplinks for ${to}`, ["ens4", "ens5"], async () => {
        const route = await lab.run("leaf1", "ip", "route", "show", to);
        return [...route.matchAll(/dev (\S+)/g)].map((match) => match[1]);
      });
    },
  );

  it.each(["outside", "leaf1"])(
    "answers pings from %s to an unused address with unreachable, at once",
    async (from) => {
      // In a routing loop the answer would be "time to live exceeded". ping fails with any answer but an echo.
      const answer = await lab.run(from, "sh", "-c", "ping -c 1 -W 5 192.168.97.77 || true");
      expect(answer).toMatch(/Destination (Host|Net) Unreachable/);
    },
  );

  it("accepts a server's own addresses, and neither a default route nor the fabric's addresses", async () => {
    for (const leaf of ["leaf1", "leaf2"]) {
      await untilEqual(`${leaf} has the server's addresses`, [...ACCEPTED].sort(), () =>
        heardFrom(lab, leaf, "ipv4"),
      );
      await untilEqual(`${leaf} has its IPv6 addresses`, ACCEPTED_IPV6, () => heardFrom(lab, leaf, "ipv6"));
    }
    await untilEqual("the internet router knows them and nothing else below", ACCEPTED, async () =>
      (await bgpRoutes(lab, "internet"))
        .filter((route) => !loopbacks.includes(route))
        .map((route) => `${route}/32`),
    );
    expect(await lab.run("leaf1", "ip", "route", "show", "default")).not.toContain("ens6.10");
  });

  it("sends servers a default route and the routes of the whole fabric", async () => {
    const atServer = await lab.vtysh("server", "show bgp ipv4 unicast neighbors to-leaf1 routes json");
    expect(prefixesOf(atServer)).toEqual(
      expect.arrayContaining(["0.0.0.0/0", ...loopbacks.map((a) => `${a}/32`)]),
    );
  });

  it("never routes through a server that announces one leaf's routes to the other", async () => {
    // A prefix that the prefix lists would accept, and that only leaf2 has.
    await lab.run("leaf2", "ip", "address", "add", "192.168.100.9/32", "dev", "lo");
    await untilEqual("the server offers it to leaf1", true, async () => {
      const offered = await lab.vtysh(
        "server",
        "show bgp ipv4 unicast neighbors to-leaf1 advertised-routes json",
      );
      return "192.168.100.9/32" in JSON.parse(offered).advertisedRoutes;
    });
    await untilEqual("leaf1 knows it from above", true, async () =>
      (await bgpRoutes(lab, "leaf1")).includes("192.168.100.9"),
    );
    expect(await heardFrom(lab, "leaf1", "ipv4")).toEqual([...ACCEPTED].sort());
    await lab.run("leaf2", "ip", "address", "delete", "192.168.100.9/32", "dev", "lo");
  });

  it("does not announce routes from a spine to spines", async () => {
    const sent = await lab.vtysh("leaf1", "show bgp ipv4 unicast neighbors ens4 advertised-routes json");
    const announced = Object.keys(JSON.parse(sent).advertisedRoutes).sort();
    expect(announced).toEqual([`${leaf1.loopback}/32`, ...ACCEPTED].sort());
  });

  it("reroutes soon after a link is blackholed with carrier", async () => {
    const leaf2 = String(nodeOf(fabric, "leaf2").loopback);
    // A BFD session starts when its BGP session is up, with slow transmission first (RFC 5880, 6.8.3).
    await untilEqual("BFD with both spines", ["ens4 up", "ens5 up"], () => bfdSessions(lab, "leaf1"));
    await silence(lab, "leaf1", "ens4");
    await silence(lab, "spine1", "ens5");
    // Without BFD this would take the hold time, 9 s.
    await pollUntil({ what: "leaf1 leaving ens4", timeoutMs: patiently(5_000), intervalMs: 50 }, async () => {
      const seen = await lab.run("leaf1", "ip", "route", "show", leaf2);
      return seen.includes("dev ens4") || !seen.includes("dev ens5")
        ? { done: false, seen }
        : { done: true, value: undefined };
    });
    // Other switches choose the path of the answers; they learn of the change within moments.
    await pollUntil(
      { what: "an answer from leaf2", timeoutMs: patiently(5_000), intervalMs: 50 },
      async () => {
        const exitCode = await lab.exitCode("leaf1", "ping", "-c", "1", "-W", "1", leaf2);
        return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: "no answer" };
      },
    );
    await lab.run("leaf1", "nft", "delete", "table", "netdev", "silent");
    await lab.run("spine1", "nft", "delete", "table", "netdev", "silent");
    await untilEqual("the session is back", "Established", () => sessionState(lab, "leaf1", "ens4"));
  });

  it("applies a changed policy without dropping a session", async () => {
    const dropped = async () => [
      await connectionsDropped(lab, "leaf1", "ens4"),
      await connectionsDropped(lab, "leaf1", "ens6.10"),
    ];
    const before = await dropped();
    const changed = planFabric({ ...config, SERVER_PREFIXES: ["192.168.100.0/24"] });
    await lab.reload("leaf1", contentOf(render(changed, nodeOf(changed, "leaf1")), FRR_CONF));
    const accepted = ["192.168.100.2/32", "192.168.100.5/32", "192.168.110.40/32"];
    await untilEqual("leaf1 refuses the rest", accepted, () => heardFrom(lab, "leaf1", "ipv4"));
    expect(await dropped()).toEqual(before);
  });

  it("ends the session of a server that announces too many prefixes, and removes its routes", async () => {
    const more = Array.from({ length: 4 }, (_, index) => `network 192.168.101.${index}/32`);
    await lab.vtysh(
      "server",
      "configure terminal",
      "router bgp 65600",
      "address-family ipv4 unicast",
      ...more,
    );
    await untilEqual("the session ended", "Idle", () => sessionState(lab, "leaf2", "ens6.10"));
    expect(await sessionState(lab, "leaf2", "ens4")).toBe("Established");
    expect(parseFrr(await lab.vtysh("leaf2", "show bgp summary json")).cutOff).toEqual(["ens6.10"]);
    await untilEqual("nothing of it is left", [], async () =>
      (await bgpRoutes(lab, "leaf2")).filter((route) => route.startsWith("192.168.101.")),
    );
  });
});

function serverConf(): string {
  const neighbors = ["to-leaf1", "to-leaf2"];
  const activate = neighbors.map((name) => `  neighbor ${name} activate`);
  const networks = (prefixes: readonly string[]) => prefixes.map((prefix) => `  network ${prefix}`);
  return [
    "frr defaults datacenter",
    "router bgp 65600",
    " bgp router-id 192.168.100.2",
    " no bgp default ipv4-unicast",
    " no bgp network import-check",
    ...neighbors.map((name) => ` neighbor ${name} interface remote-as external`),
    ...neighbors.map((name) => ` neighbor ${name} timers connect 1`),
    " address-family ipv4 unicast",
    ...activate,
    ...networks([...ACCEPTED, ...REFUSED]),
    " exit-address-family",
    " address-family ipv6 unicast",
    ...activate,
    ...networks([...ACCEPTED_IPV6, ...REFUSED_IPV6]),
    " exit-address-family",
    "exit",
    "",
  ].join("\n");
}
