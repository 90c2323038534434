import type { Fabric, Node } from "../fabric/types.ts";
import { frrContext } from "./frr.ts";
import type { Sequenced } from "./sequence.ts";
import { sha256 } from "./sha256.ts";
import type { NextHop, Upstream } from "./upstream.ts";

/** Facts of the plan on which a switch's routing configuration depends: one line of text each, by name. */
export type RoutingFacts = Readonly<Record<string, string>>;

/** Returns the facts on which a configuration saved from this switch depends. The same plan gives the same facts. */
export function routingFacts(fabric: Fabric, node: Node): RoutingFacts {
  const { asn, routerId, hostname, bfdIntervalMs, below, ...context } = frrContext(fabric, node);
  const { upstream, upstream6 } = context;
  return {
    name: hostname,
    "AS number": String(asn),
    "router ID": String(routerId),
    neighbors: context.fabricInterfaces.map(describe).join(", "),
    "announced interfaces": values(context.announcedInterfaces).join(", "),
    "BFD interval": `${bfdIntervalMs} ms`,
    ...(upstream === null
      ? {}
      : {
          "way out": `${describeDefault(upstream)}, but for ${upstream.discard}`,
          ...outsideFacts(upstream),
        }),
    ...(upstream6 === null
      ? {}
      : { "way out by IPv6": `${describeNextHop(upstream6.defaultRoute)}, but for ${upstream6.discard}` }),
    ...(context.advertised.length === 0
      ? {}
      : {
          "advertised networks": context.advertised
            .map(({ interface: name, prefix }) => `${prefix} on ${name}`)
            .join(", "),
        }),
    ...(below === null
      ? {}
      : {
          servers: below.interfaces.map(describe).join(", "),
          ...(below.vlanServers.length === 0
            ? {}
            : { "servers in VLANs": below.vlanServers.map(({ address }) => address).join(", ") }),
          "prefixes of servers": digest([below.prefixList, below.ipv6PrefixList, below.maxPrefixes]),
          "AS numbers of switches": digest(below.throughSwitch),
        }),
  };
}

function describeDefault({ defaultRoute, learnsDefault }: Upstream): string {
  return learnsDefault ? "learned by DHCP" : describeNextHop(defaultRoute);
}

function describeNextHop(hop: NextHop | null): string {
  return hop === null ? "none" : `${hop.gateway} on ${hop.interface}`;
}

function outsideFacts({ hostNetworks, neighbor }: Upstream): RoutingFacts {
  return {
    ...(hostNetworks.length === 0 ? {} : { "networks of the host": hostNetworks.join(", ") }),
    ...(neighbor === null
      ? {}
      : { "neighbor outside": `${neighbor.address}, AS ${neighbor.asn}`, announced: digest(neighbor) }),
  };
}

/** Returns the differences, such as `AS number 65001, now 65101`. */
export function changedFacts(saved: RoutingFacts, now: RoutingFacts): readonly string[] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(saved)])];
  return names
    .filter((name) => saved[name] !== now[name])
    .map((name) =>
      [saved[name], now[name]].some((value) => value?.startsWith(DIGEST))
        ? `${name} differ`
        : `${name} ${saved[name] ?? "none"}, now ${now[name] ?? "none"}`,
    );
}

const DIGEST = "sha256 ";

/** Shortens a value that would be too long to read. */
function digest(value: unknown): string {
  return `${DIGEST}${sha256(JSON.stringify(value)).slice(0, 32)}`;
}

function describe(neighbor: { readonly interface: string; readonly description: string }): string {
  return `${neighbor.interface} ${neighbor.description}`;
}

function values<Value>(list: readonly Sequenced<Value>[]): readonly Value[] {
  return list.map(({ value }) => value);
}
