import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/types.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric, LinkEnd, PortPeer } from "../../src/fabric/types.ts";
import { configFrom, ROOMY } from "./config.ts";

const roomy = configFrom(...ROOMY);

interface Size {
  readonly NUM_RACKS: number;
  readonly NUM_SPINES: number;
  readonly NUM_U: number;
}

/** The extreme sizes, which every run tests. */
const corners: [Size][] = [
  [{ NUM_RACKS: 64, NUM_SPINES: 8, NUM_U: 48 }],
  [{ NUM_RACKS: 64, NUM_SPINES: 9, NUM_U: 3 }],
  [{ NUM_RACKS: 1, NUM_SPINES: 1, NUM_U: 3 }],
  [{ NUM_RACKS: 1, NUM_SPINES: 9, NUM_U: 1025 }],
];

const sizes = fc.record<Size>({
  NUM_RACKS: fc.integer({ min: 1, max: 64 }),
  NUM_SPINES: fc.integer({ min: 1, max: 9 }),
  NUM_U: fc.integer({ min: 3, max: 48 }),
});

describe("for every size", () => {
  it("every name, MAC, address and number of a fabric is unique", () => {
    forAllFabrics((fabric) => {
      const interfaces = fabric.links.flatMap((link) => [link.bridge, ...link.interfaces]);
      const ports = fabric.nodes.flatMap((node) => node.ports);
      expectDistinct(interfaces.map((item) => item.name));
      expectDistinct([...interfaces, ...ports].map((item) => item.mac));
      expectDistinct(ports.map((port) => port.linkLocal));
      expectDistinct(fabric.nodes.map((node) => node.name));
      expectDistinct(fabric.nodes.map((node) => node.asn));
      expectDistinct(fabric.nodes.map((node) => node.machine.vncPort));
      expectDistinct([fabric.host.bmcAddress, ...fabric.nodes.map((node) => node.bmc.address)]);
      expectDistinct(fabric.nodes.map((node) => node.loopback));
    });
  });

  it("names are valid for Linux, and MACs are well-formed and not multicast", () => {
    forAllFabrics((fabric) => {
      const interfaces = fabric.links.flatMap((link) => [link.bridge, ...link.interfaces]);
      const ports = fabric.nodes.flatMap((node) => node.ports);
      expect(interfaces.filter(({ name }) => !/^[a-z0-9-]{1,15}$/.test(name))).toEqual([]);
      const isMac = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/;
      expect([...interfaces, ...ports].filter(({ mac }) => !isMac.test(String(mac)))).toEqual([]);
    });
  });

  it("networks are within the whole network and do not overlap", () => {
    forAllFabrics((fabric) => {
      const leaves = fabric.nodes.flatMap((node) => (node.role === "leaf" ? [node] : []));
      const networks = [
        fabric.hostPrefix,
        fabric.loopbackPrefix,
        ...leaves.flatMap((leaf) =>
          [leaf.dhcp?.prefix ?? [], ...leaf.l2Vlans.map((vlan) => vlan.prefix)].flat(),
        ),
      ];
      expect(networks).toHaveLength(2 + fabric.racks.length + 5);
      expect(networks.every((inner) => fabric.prefix.contains(inner))).toBe(true);
      expect(networks.some((a, i) => networks.slice(0, i).some((b) => a.overlaps(b)))).toBe(false);
      expect(fabric.nodes.every(({ loopback }) => fabric.loopbackPrefix.contains(loopback))).toBe(true);
    });
  });

  it("both ends of a link refer to each other", () => {
    forAllFabrics((fabric) => {
      const ports = new Map(
        fabric.nodes.flatMap((node) => node.ports.map((port) => [`${node.name} ${port.name}`, port])),
      );
      for (const node of fabric.nodes) {
        expect(node.ports.map((port) => port.number)).toEqual(node.ports.map((_, index) => index + 1));
        expect(node.ports.every((port) => port.name === `ens${port.number + 3}`)).toBe(true);
      }
      const wrong = fabric.links.flatMap((link) =>
        link.interfaces.filter((tap) => {
          if (tap.end.kind !== "node") {
            return false;
          }
          const port = ports.get(`${tap.end.node} ${tap.end.port}`);
          const other = link.interfaces.find((candidate) => candidate !== tap);
          return (
            port === undefined ||
            port.tap !== tap.name ||
            port.bridge !== link.bridge.name ||
            port.mtu !== tap.mtu ||
            other === undefined ||
            !isSame(port.peer, other.end)
          );
        }),
      );
      expect(wrong).toEqual([]);
      const taps = fabric.links.flatMap((link) => link.interfaces).filter((tap) => tap.end.kind === "node");
      expect(taps).toHaveLength(ports.size);
    });
  });

  it("every leaf is linked to every spine, every spine to the internet router, every position to both leaves of its rack", () => {
    forAllFabrics((fabric, size) => {
      const leafCount = 2 * size.NUM_RACKS;
      const places = size.NUM_U - 2;
      expect(fabric.sessions).toHaveLength(size.NUM_SPINES * (1 + leafCount));
      expectDistinct(fabric.sessions.map(({ a, b }) => `${a.node} ${b.node}`));
      const servers = fabric.links.flatMap((link) =>
        link.interfaces.flatMap(({ end }) =>
          end.kind === "server" ? [`${end.rack}-${end.position}-${end.nic}`] : [],
        ),
      );
      expectDistinct(servers);
      expect(servers).toHaveLength(leafCount * places);
      expect(fabric.links).toHaveLength(2 + fabric.sessions.length + leafCount * places);
    });
  });

  it("the same configuration gives the same fabric, byte for byte", () => {
    forAllFabrics((fabric, size) => {
      // Keys in another order must not matter.
      const reversed: Config = JSON.parse(
        JSON.stringify(Object.fromEntries(Object.entries({ ...roomy, ...size }).reverse())),
      );
      expect(JSON.stringify(planFabric(reversed)) === JSON.stringify(fabric)).toBe(true);
    });
  });
});

function forAllFabrics(check: (fabric: Fabric, size: Size) => void): void {
  fc.assert(
    fc.property(sizes, (size) => check(planFabric({ ...roomy, ...size }), size)),
    { numRuns: 8, examples: corners },
  );
}

/** Expects all values to differ, compared as text. */
function expectDistinct(values: readonly (object | string | number)[]): void {
  const seen = new Set<string>();
  const twice = values.map(String).filter((value) => seen.size === seen.add(value).size);
  expect(twice).toEqual([]);
}

function isSame(peer: PortPeer, end: LinkEnd): boolean {
  return JSON.stringify(peer) === JSON.stringify(end);
}
