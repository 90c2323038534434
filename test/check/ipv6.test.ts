import { describe, expect, it } from "vitest";
import { evaluateDefaultRoute, evaluateEcmp } from "../../src/check/evaluate/routes.ts";
import { checkPlan } from "../../src/check/expect/plan.ts";
import { plannedPrefixes } from "../../src/check/expect/prefixes.ts";
import { loopbackProbes } from "../../src/check/expect/probes.ts";
import { nodeQueries } from "../../src/check/expect/queries.ts";
import { CHECK_KINDS } from "../../src/check/model/kinds.ts";
import { nothingSeen, seen } from "../../src/check/model/observation.ts";
import { parseDhcp6 } from "../../src/check/parse/dhcp.ts";
import { parseRoutes } from "../../src/check/parse/ip.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { configFrom } from "../fabric/config.ts";
import { contentOf, nodeOf, render } from "../render/site.ts";

const SIZE = ["NUM_RACKS=1", "NUM_U=4", "VLAN_SUBNETS_NUM=1"];
const dual = planFabric(configFrom(...SIZE, "HOST_VIRTUAL_SUBNET6=fd69:6b76:7377::/48"));
const single = planFabric(configFrom(...SIZE));
const [leaf1, leaf2] = [nodeOf(dual, "leaf1"), nodeOf(dual, "leaf2")];
const selection = { kinds: new Set(CHECK_KINDS), nodes: null };

describe("the check of a fabric with IPv6", () => {
  it("expects the same networks of both families, each from the same switch", () => {
    const ofFamily = (family: 4 | 6) =>
      plannedPrefixes(dual)
        .filter(({ prefix }) => prefix.family === family)
        .map(({ kind, origin }) => `${kind} ${origin.name}`);
    expect(ofFamily(6)).toEqual(ofFamily(4));
    expect(plannedPrefixes(single).every(({ prefix }) => prefix.family === 4)).toBe(true);
  });

  it("queries routes and prefixes of IPv6, and pings loopbacks of both families", () => {
    const query = nodeQueries(checkPlan(dual), selection, []).get("leaf1");
    expect(query?.sources.has("ip6")).toBe(true);
    expect(query?.sources.has("dhcp6")).toBe(true);
    expect(query?.ipv6).toBe(true);
    expect(loopbackProbes(checkPlan(dual), leaf1).map(({ address }) => address)).toEqual([
      ...["192.168.98.1", "fd69:6b76:7377:f::1", "192.168.98.2", "fd69:6b76:7377:f::2"],
      ...["192.168.98.3", "fd69:6b76:7377:f::3", "192.168.98.5", "fd69:6b76:7377:f::5"],
    ]);
    const without = nodeQueries(checkPlan(single), selection, []).get("leaf1");
    expect([without?.ipv6, without?.sources.has("ip6"), without?.sources.has("dhcp6")]).toEqual([
      ...[false, false, false],
    ]);
  });

  it("finds an IPv6 network that has lost a path, and a missing default route", () => {
    const nexthops = ["ens4", "ens5"].map((dev) => ({ dev, gateway: "fe80::1", flags: [] }));
    const table = (hops: readonly object[]) => [
      { dst: "fd69:6b76:7377:f::4", nexthops: hops },
      { dst: "fd69:6b76:7377:a1::/64", nexthops },
      { dst: "default", type: "unreachable", dev: "lo" },
    ];
    const observation = (hops: readonly object[]) => ({
      ...nothingSeen("not queried"),
      routes: seen(parseRoutes(table(hops), "::/0")),
    });
    const wrong = (hops: readonly object[]) =>
      [
        ...evaluateEcmp(checkPlan(dual), leaf2, observation(hops)),
        ...evaluateDefaultRoute(checkPlan(dual), leaf2, observation(hops)),
      ]
        .filter(({ subject, ok }) => !ok && /fd69.*(f::4|a1)|default/.test(subject))
        .map(({ subject, observed }) => `${subject}: ${observed}`);
    expect(wrong(nexthops)).toEqual(["leaf2 default route: no route", "leaf2 IPv6 default route: no route"]);
    expect(wrong(nexthops.slice(1))[0]).toBe("leaf2 → leaf1 fd69:6b76:7377:f::4: 1 next hop: ens5");
  });

  it("reads Kea's network, interface and leases of DHCPv6", () => {
    const configuration = contentOf(render(dual, leaf1), "/etc/kea/kea-dhcp6.conf");
    const sockets =
      "UNCONN 0 0 [fe80::a00:27ff:fe06:ac6b]%dhcp0:547 [::]:*\nUNCONN 0 0 [ff02::1:2]%dhcp0:547 [::]:*\n";
    const leases = `address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source
fd69:6b76:7377:a1::20,00:01,3600,1795249999,1,3000,0,7,128,0,0,,52:54:00:00:00:77,0,,1,2
fd69:6b76:7377:a1::21,00:02,0,1795249999,1,0,0,7,128,0,0,,52:54:00:00:00:88,0,,1,2
`;
    expect(parseDhcp6(sockets, configuration, leases)).toEqual({
      listening: ["dhcp0"],
      subnets: ["fd69:6b76:7377:a1::/64"],
      interfaces: ["dhcp0"],
      leases: [{ address: "fd69:6b76:7377:a1::20", mac: "52:54:00:00:00:77" }],
    });
  });
});
