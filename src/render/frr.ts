import type { Fabric, InterfaceName, LeafNode, Node, Port, ServerAccess } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";
import { supernets } from "../net/supernets.ts";
import { describePeer } from "./describe-peer.ts";
import { serverInterface, serverPorts } from "./server-ports.ts";

/** The context of frr.conf's template. */
export interface FrrContext {
  readonly hostname: string;
  readonly asn: number;
  readonly routerId: Address;
  readonly bfdIntervalMs: number;
  /** Unnumbered interfaces with a BGP neighbor that is a node of the fabric. */
  readonly fabricInterfaces: readonly Neighbor[];
  /** Interfaces whose networks are announced. */
  readonly announcedInterfaces: readonly Sequenced<InterfaceName>[];
  /** The route out of the fabric; null except on the internet router. */
  readonly upstream: Upstream | null;
  /** The servers below a leaf; null on other nodes. */
  readonly below: Below | null;
}

export interface Neighbor {
  readonly interface: InterfaceName;
  readonly description: string;
}

export interface VlanNeighbor {
  readonly address: Address;
  readonly description: string;
}

export interface Upstream {
  readonly gateway: Address;
  readonly interface: InterfaceName;
  /** A prefix whose unknown destinations are discarded instead of being sent back to the host. */
  readonly discard: Prefix;
}

/** A leaf's servers, and the announcements that it accepts from them. */
export interface Below {
  readonly interfaces: readonly Neighbor[];
  /** Neighbors in a layer 2 VLAN. */
  readonly vlanServers: readonly VlanNeighbor[];
  readonly prefixList: readonly Sequenced<string>[];
  readonly pinned: readonly PinnedPrefixes[];
  readonly ipv6PrefixList: readonly Sequenced<string>[];
  readonly maxPrefixes: number;
  /** With servers. */
  readonly bfd: boolean;
  /** Regular expressions that match AS paths through a switch. */
  readonly throughSwitch: readonly Sequenced<string>[];
}

/** Prefixes that only one server may announce. */
export interface PinnedPrefixes {
  /** Sequence number of the route-map's entry. */
  readonly seq: number;
  readonly interface: InterfaceName;
  /** The prefix-list's name. */
  readonly list: string;
  readonly prefixList: readonly Sequenced<string>[];
}

/** An entry of a list that FRR orders by sequence number. */
export interface Sequenced<Value> {
  readonly seq: number;
  readonly value: Value;
}

export function frrContext(fabric: Fabric, node: Node): FrrContext {
  return {
    hostname: node.name,
    asn: node.asn,
    routerId: node.loopback,
    bfdIntervalMs: fabric.bfdIntervalMs,
    fabricInterfaces: node.ports.flatMap((port) => fabricNeighbor(port)),
    announcedInterfaces: sequence(announcedInterfaces(node)),
    upstream: upstreamOf(fabric, node),
    below: node.role === "leaf" ? belowLeaf(fabric, node) : null,
  };
}

function fabricNeighbor(port: Port): readonly Neighbor[] {
  return port.peer.kind === "node" ? [{ interface: port.name, description: describePeer(port.peer) }] : [];
}

function announcedInterfaces(node: Node): InterfaceName[] {
  if (node.role !== "leaf") {
    return ["lo"];
  }
  return [
    "lo",
    ...(node.dhcp === null ? [] : [node.dhcp.bridge]),
    ...node.l2Vlans.map((vlan) => vlan.interface),
  ];
}

function upstreamOf(fabric: Fabric, node: Node): Upstream | null {
  const port = node.ports.find(({ peer }) => peer.kind === "host");
  return port === undefined
    ? null
    : { gateway: fabric.host.address.address, interface: port.name, discard: fabric.prefix };
}

/**
 * Returns POSIX expressions for "contains one of these", with ten AS numbers per expression: a line for each number
 * would make a large fabric's files long. `_` is FRR's symbol for the border of a number.
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
 * Rejects the fabric's own networks, with all networks inside and around them: a network around one would attract its
 * packets while the switch that announces it is off.
 */
function belowLeaf(fabric: Fabric, leaf: LeafNode): Below {
  const { vlan, allowedPrefixes, deniedPrefixes, addressesOnly, maxPrefixes, bfd } = fabric.serverAccess;
  return {
    interfaces: serverPorts(leaf).map((port) => ({
      interface: serverInterface(port, vlan),
      description: describePeer(port.peer),
    })),
    vlanServers: leaf.l2Vlans.flatMap(({ id, bgpServers }) =>
      bgpServers.map((address) => ({ address, description: `server in VLAN ${id}` })),
    ),
    prefixList: sequence([
      ...networksAroundOwn(fabric).map((prefix) => `deny ${prefix}`),
      ...addressesOnly.map((prefix) => `deny ${prefix} le 31`),
      ...deniedPrefixes.map((prefix) => `deny ${withInside(prefix)}`),
      ...allowedPrefixes.map((prefix) => `permit ${withInside(prefix)}`),
    ]),
    pinned: pinnedOf(fabric, leaf),
    // The fabric itself numbers nothing with IPv6. Servers may announce unique local addresses (RFC 4193) and
    // documentation addresses (RFC 3849): neither can be confused with addresses on the internet.
    ipv6PrefixList: sequence(["fc00::/7", "2001:db8::/32"].map((prefix) => `permit ${prefix} le 128`)),
    maxPrefixes,
    bfd,
    throughSwitch: sequence(asPathsWithAnyOf(fabric.nodes.map(({ asn }) => asn))),
  };
}

/** Cached, because the result is the same for every leaf, and a large fabric has more than a hundred. */
const aroundOwn = new WeakMap<ServerAccess, readonly Prefix[]>();

function networksAroundOwn({ serverAccess }: Fabric): readonly Prefix[] {
  const known = aroundOwn.get(serverAccess) ?? findAroundOwn(serverAccess);
  aroundOwn.set(serverAccess, known);
  return known;
}

/** Returns networks that servers could announce and that contain one of the fabric's own. */
function findAroundOwn({ allowedPrefixes, deniedPrefixes, addressesOnly, pinned }: ServerAccess): Prefix[] {
  const isPinned = (prefix: Prefix) => pinned.some((pin) => pin.prefix.equals(prefix));
  const own = [...addressesOnly, ...deniedPrefixes.filter((prefix) => !isPinned(prefix))];
  const isCovered = (prefix: Prefix) => addressesOnly.some((outer) => outer.contains(prefix));
  // The list goes from the whole network to more specific ones.
  return supernets(own, allowedPrefixes).filter((prefix) => !isCovered(prefix));
}

/** Entries of the route-map follow entry 10, which applies to all servers. */
function pinnedOf(fabric: Fabric, leaf: LeafNode): PinnedPrefixes[] {
  const { vlan, pinned } = fabric.serverAccess;
  const ports = serverPorts(leaf).flatMap((port): Omit<PinnedPrefixes, "seq">[] => {
    const prefixes = pinned.filter(
      ({ rack, position }) => rack === port.peer.rack && position === port.peer.position,
    );
    return prefixes.length === 0
      ? []
      : [
          {
            interface: serverInterface(port, vlan),
            list: `FROM-U${port.peer.position}`,
            prefixList: sequence(prefixes.map(({ prefix }) => `permit ${withInside(prefix)}`)),
          },
        ];
  });
  return ports.map((port, index) => ({ ...port, seq: (index + 2) * 10 }));
}

/** Returns a prefix-list's form of "this and anything more specific". FRR rejects `le` on a /32. */
function withInside(prefix: Prefix): string {
  return prefix.isSingle ? String(prefix) : `${prefix} le 32`;
}

/** Numbers entries in steps of ten, so that a user can insert a line between two. */
function sequence<Value>(values: readonly Value[]): Sequenced<Value>[] {
  return values.map((value, index) => ({ seq: (index + 1) * 10, value }));
}
