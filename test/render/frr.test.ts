import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { type FrrContext, frrContext } from "../../src/render/frr.ts";
import { FRR_CONF } from "../../src/render/render.ts";
import { shippedConfig } from "../fabric/config.ts";
import { contentOf, nodeOf, render } from "./site.ts";

const fabric = planFabric(shippedConfig());

describe("frr.conf", () => {
  it("has a neighbor at both ends of every planned session", () => {
    expect(fabric.sessions).toHaveLength(14);
    for (const end of fabric.sessions.flatMap((session) => [session.a, session.b])) {
      const text = contentOf(render(fabric, nodeOf(fabric, end.node)), FRR_CONF);
      expect(text).toContain(`\n neighbor ${end.port} interface peer-group FABRIC\n`);
    }
  });

  it("has a neighbor in the server VLAN of every server port", () => {
    const text = contentOf(render(fabric, nodeOf(fabric, "leaf4")), FRR_CONF);
    const neighbors = [...text.matchAll(/^ neighbor (\S+) interface peer-group SERVERS$/gm)];
    expect(neighbors.map((match) => match[1])).toEqual(
      Array.from({ length: 13 }, (_, index) => `ens${index + 6}.10`),
    );
  });

  it("has a neighbor for each server of VLAN_BGP_SERVERS on leaf2, with the servers' filters", () => {
    const neighbors = (of: typeof fabric, name: string) =>
      contentOf(render(of, nodeOf(of, name)), FRR_CONF)
        .split("\n")
        .filter((line) => /^ +neighbor [\d.]+ /.test(line));
    expect(neighbors(fabric, "leaf2")).toEqual(
      ["192.168.113.200", "192.168.113.201"].flatMap((address) => [
        ` neighbor ${address} peer-group SERVERS`,
        ` neighbor ${address} description server in VLAN 11`,
        ` neighbor ${address} passive`,
      ]),
    );
    expect(neighbors(fabric, "leaf1")).toEqual([]);
    const none = planFabric(shippedConfig({ VLAN_BGP_SERVERS: [] }));
    expect(neighbors(none, "leaf2")).toEqual([]);
    const withoutVlans = planFabric(shippedConfig({ VLAN_SUBNETS_NUM: 0 }));
    expect(neighbors(withoutVlans, "leaf2")).toEqual([]);
  });

  it("has a default route only on the internet router, which rejects unknown addresses of the fabric", () => {
    const routes = (name: string) =>
      contentOf(render(fabric, nodeOf(fabric, name)), FRR_CONF)
        .split("\n")
        .filter((line) => line.startsWith("ip route"));
    expect(routes("internet")).toEqual([
      "ip route 0.0.0.0/0 192.168.96.1 ens4",
      "ip route 192.168.96.0/19 reject",
    ]);
    expect(routes("spine1")).toEqual([]);
    expect(routes("leaf2")).toEqual([]);
  });

  it("announces a leaf's DHCP network or VLANs, and no other connected network", () => {
    const announced = (name: string) =>
      frrContext(fabric, nodeOf(fabric, name)).announcedInterfaces.map(({ value }) => value);
    expect(announced("internet")).toEqual(["lo"]);
    expect(announced("spine2")).toEqual(["lo"]);
    expect(announced("leaf1")).toEqual(["lo", "dhcp0"]);
    expect(announced("leaf2")).toEqual(["lo", "vlan11", "vlan12", "vlan13", "vlan14", "vlan15"]);
    expect(announced("leaf4")).toEqual(["lo"]);
  });

  it("denies the fabric's own prefixes from servers before it permits the rest", () => {
    const actions = prefixList(fabric).map(({ value }) => value.split(" ")[0]);
    expect(actions.lastIndexOf("deny")).toBeLessThan(actions.indexOf("permit"));
    expect(actions).toContain("deny");
  });

  it("permits only the prefixes in SERVER_PREFIXES from servers", () => {
    const limited = planFabric(
      shippedConfig({ SERVER_PREFIXES: ["192.168.100.0/24", "192.168.101.7/32"], SERVER_MAX_PREFIXES: 7 }),
    );
    const permitted = prefixList(limited).filter(({ value }) => value.startsWith("permit"));
    expect(permitted.map(({ value }) => value)).toEqual([
      "permit 192.168.100.0/24 le 32",
      "permit 192.168.101.7/32",
    ]);
    expect(contentOf(render(limited, nodeOf(limited, "leaf1")), FRR_CONF)).toContain(
      "neighbor SERVERS maximum-prefix 7 restart 1",
    );
  });

  it("matches AS paths that contain any switch's number, and no others", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 7, 64512, 65500, 4200000000, 4200000095),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 1, max: 4294967294 }), { maxLength: 3 }),
        fc.nat(),
        (asStart, racks, others, pick) => {
          const numbered = planFabric(
            shippedConfig({ AS_START: asStart, NUM_RACKS: racks, DHCPD_SUBNET: {} }),
          );
          const { nodes } = numbered;
          const asns = new Set(nodes.map((node) => node.asn));
          const foreign = others.filter((asn) => !asns.has(asn));
          const own = nodes[pick % nodes.length]?.asn ?? 0;
          const { below } = frrContext(numbered, nodeOf(numbered, "leaf1"));
          const matches = (path: readonly number[]) => matchesAny(below, path);
          // Numbers next to the range, and numbers that contain the digits of a switch's.
          const near = [asStart - 1, asStart + nodes.length, Number(`1${own}`), own * 10].filter(
            (asn) => !asns.has(asn),
          );
          expect(matches([...foreign, own])).toBe(true);
          expect(matches([own, ...foreign])).toBe(true);
          expect(matches([...foreign, ...near])).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
});

function prefixList(of: typeof fabric) {
  return frrContext(of, nodeOf(of, "leaf1")).below?.prefixList ?? [];
}

/** Matches like FRR, where `_` is a border of a number: either end, a space, or the braces and commas of AS sets. */
function matchesAny(below: FrrContext["below"], path: readonly number[]): boolean {
  return (below?.throughSwitch ?? []).some(({ value }) =>
    new RegExp(value.replaceAll("_", "(^|[,{}() ]|$)")).test(path.join(" ")),
  );
}
