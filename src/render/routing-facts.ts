import type { Fabric, Node } from "../fabric/types.ts";
import { frrContext, type Sequenced } from "./frr.ts";
import { sha256 } from "./sha256.ts";

/** Facts of the plan on which a switch's routing configuration depends: one line of text each, by name. */
export type RoutingFacts = Readonly<Record<string, string>>;

/** Returns the facts on which a configuration saved from this switch depends. The same plan gives the same facts. */
export function routingFacts(fabric: Fabric, node: Node): RoutingFacts {
  const { asn, routerId, hostname, bfdIntervalMs, below, upstream, ...context } = frrContext(fabric, node);
  return {
    name: hostname,
    "AS number": String(asn),
    "router ID": String(routerId),
    neighbors: context.fabricInterfaces.map(describe).join(", "),
    "announced interfaces": values(context.announcedInterfaces).join(", "),
    "BFD interval": `${bfdIntervalMs} ms`,
    ...(upstream === null
      ? {}
      : { "way out": `${upstream.gateway} on ${upstream.interface}, but for ${upstream.discard}` }),
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
