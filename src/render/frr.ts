import type { Fabric, InterfaceName, LeafNode, Node, Port, Prefix } from "../fabric/types.ts";
import { serverInterface, serverPorts } from "./server-ports.ts";

/** What frr.conf needs to know. */
export interface FrrContext {
  readonly hostname: string;
  readonly asn: number;
  readonly routerId: string;
  /** Unnumbered interfaces with a BGP neighbor that is a node of the fabric. */
  readonly fabricInterfaces: readonly Neighbor[];
  /** The same towards servers; there may be none. */
  readonly serverInterfaces: readonly Neighbor[];
  /** Interfaces whose networks are announced. */
  readonly announcedInterfaces: readonly Sequenced<InterfaceName>[];
  /** Regular expressions that match an AS path which has been through a switch. */
  readonly throughSwitch: readonly Sequenced<string>[];
  /** A leaf passes up what it and its servers announce, and nothing it heard from above. */
  readonly neverTransit: boolean;
  /** The way out; null but for the internet router. */
  readonly upstream: { readonly gateway: string; readonly interface: InterfaceName; readonly discard: Prefix } | null;
  /** What servers may announce; null where there are none. */
  readonly servers: ServerPolicy | null;
}

export interface Neighbor {
  readonly interface: InterfaceName;
  readonly description: string;
}

export interface ServerPolicy {
  readonly prefixList: readonly Sequenced<string>[];
  readonly ipv6PrefixList: readonly Sequenced<string>[];
  readonly maxPrefixes: number;
}

/** One entry of a list that FRR keeps in the order of numbers. */
export interface Sequenced<Value> {
  readonly seq: number;
  readonly value: Value;
}

export function frrContext(fabric: Fabric, node: Node): FrrContext {
  const asns = fabric.nodes.map((each) => each.asn);
  return {
    hostname: node.name,
    asn: node.asn,
    routerId: node.loopback,
    fabricInterfaces: node.ports.flatMap((port) => fabricNeighbor(port)),
    serverInterfaces: serverPorts(node).map((port) => ({
      interface: serverInterface(port, fabric.serverAccess.vlan),
      description: `server in rack ${port.peer.rack} at U${port.peer.position}`,
    })),
    announcedInterfaces: sequence(announcedInterfaces(node)),
    throughSwitch: node.role === "leaf" ? sequence(asPathsWithAnyOf(asns)) : [],
    neverTransit: node.role === "leaf",
    upstream: upstreamOf(fabric, node),
    servers: node.role === "leaf" ? serverPolicy(fabric, node) : null,
  };
}

function fabricNeighbor(port: Port): readonly Neighbor[] {
  return port.peer.kind === "node"
    ? [{ interface: port.name, description: `${port.peer.node} ${port.peer.port}` }]
    : [];
}

function announcedInterfaces(node: Node): InterfaceName[] {
  if (node.role !== "leaf") {
    return ["lo"];
  }
  return ["lo", ...(node.dhcp === null ? [] : [node.dhcp.bridge]), ...node.l2Vlans.map((vlan) => vlan.bridge)];
}

function upstreamOf(fabric: Fabric, node: Node): FrrContext["upstream"] {
  const port = node.ports.find(({ peer }) => peer.kind === "host");
  return port === undefined
    ? null
    : { gateway: withoutLength(fabric.host.address), interface: port.name, discard: fabric.prefix };
}

/**
 * POSIX expressions for "contains one of these", ten AS numbers to an expression: a line for each number would
 * make a large fabric's files long, and `_` is FRR's own sign for the border of a number.
 */
function asPathsWithAnyOf(asns: readonly number[]): string[] {
  const digitsByTens = new Map<number, number[]>();
  for (const asn of asns) {
    const tens = Math.floor(asn / 10);
    digitsByTens.set(tens, [...(digitsByTens.get(tens) ?? []), asn % 10]);
  }
  return [...digitsByTens].map(([tens, digits]) => `_${tens === 0 ? "" : tens}[${digits.join("")}]_`);
}

/**
 * Refused are the fabric's own: what the plan lists, with anything inside it, and the whole network and the
 * leaves' own networks as such. Of the latter a server may announce its one address, but a server that
 * redistributes its connected networks must not become the way to its rack's DHCP network.
 */
function serverPolicy(fabric: Fabric, leaf: LeafNode): ServerPolicy {
  const { allowedPrefixes, deniedPrefixes, maxPrefixes } = fabric.serverAccess;
  return {
    prefixList: sequence([
      ...[fabric.prefix, ...leafNetworks(fabric)].map((prefix) => `deny ${prefix}`),
      ...deniedPrefixes.map((prefix) => `deny ${withInside(prefix)}`),
      ...allowedPrefixes.map((prefix) => `permit ${withInside(prefix)}`),
    ]),
    // The fabric itself numbers nothing with IPv6. Servers may announce unique local addresses (RFC 4193) and
    // the documentation's (RFC 3849): neither can be mistaken for somebody's on the internet.
    ipv6PrefixList: sequence(["fc00::/7", "2001:db8::/32"].map((prefix) => `permit ${prefix} le 128`)),
    maxPrefixes,
  };
}

function leafNetworks(fabric: Fabric): Prefix[] {
  return fabric.nodes.flatMap((node) =>
    node.role === "leaf"
      ? [...(node.dhcp === null ? [] : [node.dhcp.prefix]), ...node.l2Vlans.map((vlan) => vlan.prefix)]
      : [],
  );
}

/** A prefix-list's way to say "this and anything more specific". FRR refuses `le` on a /32. */
function withInside(prefix: Prefix): string {
  return prefix.endsWith("/32") ? prefix : `${prefix} le 32`;
}

function withoutLength(interfaceAddress: string): string {
  return interfaceAddress.replace(/\/\d+$/, "");
}

/** Numbered by tens, so that a user can put a line between two. */
function sequence<Value>(values: readonly Value[]): Sequenced<Value>[] {
  return values.map((value, index) => ({ seq: (index + 1) * 10, value }));
}
