import type { AnnouncedPrefixes, Fabric, InterfaceName, LeafNode, Node, Port } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import { WIDTH } from "../net/library.ts";
import { Prefix } from "../net/prefix.ts";
import { supernets } from "../net/supernets.ts";
import { describePeer } from "./describe-peer.ts";
import { type Sequenced, sequence } from "./sequence.ts";
import { serverInterface, serverPorts } from "./server-ports.ts";
import { announcedUpstream, type Upstream, type Upstream6, upstream6Of, upstreamOf } from "./upstream.ts";

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
  /** Interfaces on which servers learn their IPv6 network and router. */
  readonly advertised: readonly AdvertisedNetwork[];
  /** The route out of the fabric; null except on the internet router. */
  readonly upstream: Upstream | null;
  /** The same in IPv6; null in a fabric that has IPv4 only, too. */
  readonly upstream6: Upstream6 | null;
  /** The servers below a leaf; null on other nodes. */
  readonly below: Below | null;
}

export interface Neighbor {
  readonly interface: InterfaceName;
  readonly description: string;
}

export interface AdvertisedNetwork {
  readonly interface: InterfaceName;
  readonly prefix: Prefix;
  /** True if DHCPv6 serves addresses and DNS servers there. */
  readonly dhcp: boolean;
}

export interface VlanNeighbor {
  readonly address: Address;
  readonly description: string;
}

/** A leaf's servers, and the announcements that it accepts from them. */
export interface Below {
  readonly interfaces: readonly Neighbor[];
  /** Neighbors in a layer 2 VLAN. */
  readonly vlanServers: readonly VlanNeighbor[];
  readonly prefixList: readonly Sequenced<string>[];
  readonly pinned: readonly PinnedPrefixes[];
  readonly ipv6Pinned: readonly PinnedPrefixes[];
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

export function frrContext(fabric: Fabric, node: Node): FrrContext {
  return {
    hostname: node.name,
    asn: node.asn,
    routerId: node.loopback,
    bfdIntervalMs: fabric.bfdIntervalMs,
    fabricInterfaces: node.ports.flatMap((port) => fabricNeighbor(port)),
    announcedInterfaces: sequence(announcedInterfaces(fabric, node)),
    advertised: node.role === "leaf" ? advertisedNetworks(node) : [],
    upstream: upstreamOf(fabric, node),
    upstream6: upstream6Of(fabric, node),
    below: node.role === "leaf" ? belowLeaf(fabric, node) : null,
  };
}

function fabricNeighbor(port: Port): readonly Neighbor[] {
  return port.peer.kind === "node" ? [{ interface: port.name, description: describePeer(port.peer) }] : [];
}

function announcedInterfaces(fabric: Fabric, node: Node): InterfaceName[] {
  if (node.role !== "leaf") {
    return ["lo", ...announcedUpstream(fabric, node)];
  }
  return [
    "lo",
    ...(node.dhcp === null ? [] : [node.dhcp.bridge]),
    ...node.l2Vlans.map((vlan) => vlan.interface),
  ];
}

function advertisedNetworks({ dhcp, l2Vlans }: LeafNode): readonly AdvertisedNetwork[] {
  return [
    ...(dhcp?.network6 === undefined
      ? []
      : [{ interface: dhcp.bridge, prefix: dhcp.network6.prefix, dhcp: true }]),
    ...l2Vlans.flatMap((vlan) =>
      vlan.gateway6 === undefined
        ? []
        : [{ interface: vlan.interface, prefix: vlan.gateway6.prefix, dhcp: false }],
    ),
  ];
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

function belowLeaf(fabric: Fabric, leaf: LeafNode): Below {
  const { serverAccess } = fabric;
  const { vlan, announced6 = WITHOUT_NETWORKS6, maxPrefixes, bfd } = serverAccess;
  return {
    interfaces: serverPorts(leaf).map((port) => ({
      interface: serverInterface(port, vlan),
      description: describePeer(port.peer),
    })),
    vlanServers: leaf.l2Vlans.flatMap(({ id, bgpServers }) =>
      bgpServers.map((address) => ({ address, description: `server in VLAN ${id}` })),
    ),
    prefixList: prefixList(serverAccess),
    pinned: pinnedOf(serverAccess, leaf, vlan),
    ipv6PrefixList: prefixList(announced6),
    ipv6Pinned: pinnedOf(announced6, leaf, vlan),
    maxPrefixes,
    bfd,
    throughSwitch: sequence(asPathsWithAnyOf(fabric.nodes.map(({ asn }) => asn))),
  };
}

/**
 * In a fabric that numbers nothing with IPv6, servers may announce unique local addresses (RFC 4193) and documentation
 * addresses (RFC 3849): neither can be confused with addresses on the internet.
 */
const WITHOUT_NETWORKS6: AnnouncedPrefixes = {
  allowedPrefixes: ["fc00::/7", "2001:db8::/32"].map(Prefix.from),
  deniedPrefixes: [],
  addressesOnly: [],
  pinned: [],
};

/**
 * Rejects the fabric's own networks, with all networks inside and around them: a network around one would attract its
 * packets while the switch that announces it is off.
 */
function prefixList(announced: AnnouncedPrefixes): readonly Sequenced<string>[] {
  const { allowedPrefixes, deniedPrefixes, addressesOnly } = announced;
  return sequence([
    ...networksAroundOwn(announced).map((prefix) => `deny ${prefix}`),
    ...addressesOnly.map((prefix) => `deny ${prefix} le ${WIDTH[prefix.family] - 1}`),
    ...deniedPrefixes.map((prefix) => `deny ${withInside(prefix)}`),
    ...allowedPrefixes.map((prefix) => `permit ${withInside(prefix)}`),
  ]);
}

/** Cached, because the result is the same for every leaf, and a large fabric has more than a hundred. */
const aroundOwn = new WeakMap<AnnouncedPrefixes, readonly Prefix[]>();

function networksAroundOwn(announced: AnnouncedPrefixes): readonly Prefix[] {
  const known = aroundOwn.get(announced) ?? findAroundOwn(announced);
  aroundOwn.set(announced, known);
  return known;
}

/** Returns networks that servers could announce and that contain one of the fabric's own. */
function findAroundOwn({
  allowedPrefixes,
  deniedPrefixes,
  addressesOnly,
  pinned,
}: AnnouncedPrefixes): Prefix[] {
  const isPinned = (prefix: Prefix) => pinned.some((pin) => pin.prefix.equals(prefix));
  const own = [...addressesOnly, ...deniedPrefixes.filter((prefix) => !isPinned(prefix))];
  const isCovered = (prefix: Prefix) => addressesOnly.some((outer) => outer.contains(prefix));
  // The list goes from the whole network to more specific ones.
  return supernets(own, allowedPrefixes).filter((prefix) => !isCovered(prefix));
}

/** Entries of the route-map follow entry 10, which applies to all servers. */
function pinnedOf({ pinned }: AnnouncedPrefixes, leaf: LeafNode, vlan: number | null): PinnedPrefixes[] {
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

/** Returns a prefix-list's form of "this and anything more specific". FRR rejects `le` on a single address. */
function withInside(prefix: Prefix): string {
  return prefix.isSingle ? String(prefix) : `${prefix} le ${WIDTH[prefix.family]}`;
}
