import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric } from "../../src/fabric/types.ts";
import { changePhases } from "../../src/host/commands.ts";
import { findConflicts } from "../../src/host/conflicts.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork } from "../../src/host/diff.ts";
import { desiredRules } from "../../src/host/firewall/desired.ts";
import { firewallNeeds } from "../../src/host/firewall/needs.ts";
import { formatPhases } from "../../src/host/format.ts";
import type { ObservedFirewall } from "../../src/host/model/firewall.ts";
import type { ObservedNetwork } from "../../src/host/model/observed.ts";
import { InterfaceAddress } from "../../src/net/interface-address.ts";
import { configFrom } from "../fabric/config.ts";
import {
  bareHost,
  builtHost,
  ethernet,
  HOST_ADDRESS,
  openFirewall,
  route,
  SETTINGS,
  smallFabric,
} from "./network.ts";

const SIZE = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=3", "MAC_PREFIX=00:22:22:dd:ee"];
const dual = (...lines: readonly string[]) =>
  planFabric(configFrom(...SIZE, "HOST_VIRTUAL_SUBNET6=fd69:6b76:7377::/48", ...lines));

function changes(fabric: Fabric, observed: ObservedNetwork) {
  return diffNetwork(fabric, desiredNetwork(fabric, observed, SETTINGS), observed);
}

function script(fabric: Fabric, observed: ObservedNetwork): string {
  return formatPhases(changePhases(fabric, changes(fabric, observed), observed.ipv6));
}

/** The rules of IPv6, as `TABLE CHAIN IDENTITY`. */
function rules(fabric: Fabric, firewall: ObservedFirewall = openFirewall, observed = bareHost) {
  return desiredRules(firewallNeeds(fabric, observed, HOST_ADDRESS), firewall)
    .filter(({ family }) => family === "ip6")
    .map(({ table, chain, identity }) => `${table} ${chain} ${identity}`);
}

describe("the host's network of a fabric with IPv6", () => {
  it("adds address, route and forwarding, and keeps the host's own router advertisements working", () => {
    const text = script(dual(), { ...bareHost, v6: { routes: [], forwarding: false, acceptRa: ["eth0"] } });
    const lines = [
      "tee -- /proc/sys/net/ipv6/conf/ikhb/accept_ra",
      "tee -- /proc/sys/net/ipv6/conf/ikhb/disable_ipv6",
      "addr add fd69:6b76:7377::1/64 dev ikhb nodad",
      "route add fd69:6b76:7377::/48 via fd69:6b76:7377::2 dev ikhb src fd69:6b76:7377::1 proto 107",
      "tee -- /proc/sys/net/ipv6/conf/eth0/accept_ra",
      "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding",
    ];
    const places = lines.map((line) => text.indexOf(line));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text).not.toMatch(/disable_ipv6.*ikhb\/disable_ipv6.*<<'END'\n1/);
  });

  it("is unchanged when it is as planned", () => {
    const fabric = dual("NAT66=yes");
    expect(changes(fabric, builtHost(fabric))).toEqual([]);
  });

  it("removes all of IPv6 if the configuration has none any more", () => {
    const kinds = changes(smallFabric, builtHost(dual())).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual([
      "disable-ipv6",
      "remove-address",
      "remove-route",
      "remove-rule",
      "remove-rule",
      "remove-rule",
    ]);
  });

  it("has no IPv6 on a host whose kernel has none", () => {
    const text = script(dual(), { ...bareHost, ipv6: false });
    expect(text).not.toMatch(/ipv6|fd69|ip6tables/);
  });

  it("conflicts with a foreign address or route in a network that the plan uses", () => {
    const address = InterfaceAddress.from("fd69:6b76:7377:a1::7/64");
    const withAddress = { ...bareHost, devices: [{ ...ethernet, addresses6: [address] }] };
    const conflict = route({ destination: "fd69:6b76:7377:f::/64", devices: ["eth0"] });
    const withRoute = { ...bareHost, v6: { ...bareHost.v6, routes: [conflict] } };
    for (const [observed, what] of [
      [withAddress, "address fd69:6b76:7377:a1::7/64 on eth0"],
      [withRoute, "route fd69:6b76:7377:f::/64 dev eth0"],
    ] as const) {
      const [found] = findConflicts(dual(), observed);
      expect(found?.what).toContain(what);
      expect(found?.fix).toContain("HOST_VIRTUAL_SUBNET6");
      expect(findConflicts(smallFabric, observed)).toEqual([]);
    }
  });
});

describe("the firewall rules for IPv6", () => {
  const P = "fd69:6b76:7377::/48";

  it("drop foreign sources, and VNC; neighbor discovery has link-local sources and passes", () => {
    expect(rules(dual())).toEqual([
      `mangle FORWARD ! -s ${P} -i ikhb -j DROP`,
      `mangle INPUT ! -s ${P} -i ikhb ! -p ipv6-icmp -j DROP`,
      "mangle INPUT -i ikhb -p tcp -m tcp --dport 5980:5983 -j DROP",
    ]);
    expect(rules(smallFabric)).toEqual([]);
  });

  it("translate sources only with NAT66, and then drop what is of no connection", () => {
    expect(rules(dual("NAT66=yes"))).toEqual(
      expect.arrayContaining([
        `nat POSTROUTING -s ${P} ! -d ${P} -j MASQUERADE`,
        "mangle FORWARD -i ikhb -m conntrack --ctstate INVALID,UNTRACKED -j DROP",
      ]),
    );
  });

  it("accept the fabric's packets where others are dropped", () => {
    const { nft } = openFirewall;
    const closed = {
      nft,
      iptables: { ip: { forwardDrops: false, rules: [] }, ip6: { forwardDrops: true, rules: [] } },
    };
    expect(rules(dual(), closed)).toEqual(
      expect.arrayContaining([
        "filter FORWARD -i ikhb -j ACCEPT",
        "filter FORWARD -o ikhb -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      ]),
    );
  });

  it("keep servers from the host and its networks with SERVERS_REACH=outside", () => {
    const servers =
      "-m iprange ! --src-range fd69:6b76:7377:f::-fd69:6b76:7377:f:ffff:ffff:ffff:ffff -m conntrack --ctstate NEW -j DROP";
    const address = InterfaceAddress.from("2001:db8::2/64");
    const defaultRoute = route({ destination: "default", gateway: "fe80::1", devices: ["eth0"] });
    const observed = {
      ...bareHost,
      devices: [{ ...ethernet, addresses6: [address] }],
      v6: { ...bareHost.v6, routes: [defaultRoute] },
    };
    const from = "mangle FORWARD ! -s fd69:6b76:7377::/64";
    expect(rules(dual("SERVERS_REACH=outside"), openFirewall, observed).slice(3)).toEqual([
      `mangle INPUT ! -s fd69:6b76:7377::/64 -i ikhb ${servers}`,
      `${from} -i ikhb ! -o eth0 ${servers}`,
      `${from} -d 2001:db8::/64 -i ikhb ${servers}`,
    ]);
    expect(rules(dual("SERVERS_REACH=fabric")).slice(3)).toEqual([
      `mangle INPUT ! -s fd69:6b76:7377::/64 -i ikhb ${servers}`,
      `${from} -i ikhb ${servers}`,
    ]);
  });

  it("are nft's where iptables is not installed", () => {
    const nft = { iptables: null, nft: { tables: [], chains: [], rules: [] } };
    expect(rules(dual("NAT66=yes"), nft)).toEqual([
      `ikvswitch postrouting masquerade ${P}`,
      `ikvswitch forward drop what is not from ${P}`,
      `ikvswitch input drop what is not from ${P}`,
      "ikvswitch forward drop what is not tracked",
      "ikvswitch input drop to VNC 5980-5983",
    ]);
  });
});
