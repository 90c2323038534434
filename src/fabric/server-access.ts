import type { Config } from "../config/types.ts";
import type { Family } from "../net/library.ts";
import { Prefix } from "../net/prefix.ts";
import type { Networks } from "./networks.ts";
import type { Report } from "./report.ts";
import { type FabricSize, FIRST_POSITION } from "./size.ts";
import type { TopologyNode } from "./topology.ts";
import type { AnnouncedPrefixes, DhcpScope, L2Vlan, PinnedPrefix, ServerAccess } from "./types.ts";
import { hasOwnPort, planUplink } from "./uplink.ts";

/** Returns the networks listed in SERVER_PREFIXES. */
export function readServerPrefixes(config: Config): Prefix[] {
  return config.SERVER_PREFIXES.map(Prefix.from);
}

/** The parts of the plan that determine the prefixes that servers may announce. */
export interface ServerAccessPlan {
  readonly networks: Networks;
  /** The prefixes of SERVER_PREFIXES; none of a family for its whole network. */
  readonly servers: readonly Prefix[];
  readonly scopes: readonly DhcpScope[];
  readonly vlans: readonly L2Vlan[];
  readonly size: FabricSize;
  readonly nodes: readonly TopologyNode[];
}

/** Networks of one family. */
interface FamilyNetworks {
  /** Null for IPv6 in a fabric that has IPv4 only. */
  readonly whole: Prefix | null;
  /** Networks and addresses of the fabric, of which servers may announce no part. */
  readonly own: readonly Prefix[];
  /** Those parts of `own` that belong to switches, so that no key can give them to a server. */
  readonly switches: readonly Prefix[];
  readonly addressesOnly: readonly Prefix[];
}

/**
 * Plans the prefixes that servers may announce. A network that a leaf serves belongs to the leaf, with every address in
 * it.
 */
export function planServerAccess(config: Config, plan: ServerAccessPlan, report: Report): ServerAccess {
  const pinned = config.SERVER_ADDRESSES.map(readPinned);
  const announced6 = planAnnounced(6, networksOf6(plan), pinned, plan, report);
  return {
    vlan: config.LEAF_TO_VM_VLAN_NUM,
    sources: config.SERVER_SOURCES,
    ...planAnnounced(4, networksOf4(config, plan), pinned, plan, report),
    ...(announced6.allowedPrefixes.length + announced6.pinned.length === 0 ? {} : { announced6 }),
    maxPrefixes: config.SERVER_MAX_PREFIXES,
    bfd: config.SERVER_BFD === "yes",
  };
}

/** Returns the network outside in which the internet router has a fixed address. */
function uplinkNetwork(config: Config): Prefix[] {
  const uplink = planUplink(config);
  return hasOwnPort(uplink) && uplink.address !== null ? [uplink.address.prefix] : [];
}

function planAnnounced(
  family: Family,
  networks: FamilyNetworks,
  pinned: readonly Pinned[],
  plan: ServerAccessPlan,
  report: Report,
): AnnouncedPrefixes {
  const { whole, own, addressesOnly } = networks;
  const listed = plan.servers.filter((prefix) => prefix.family === family);
  const allowedPrefixes = listed.length > 0 || whole === null ? listed : [whole];
  const valid = pinned
    .filter(({ prefix }) => prefix.family === family)
    .flatMap(({ text, ...pin }): PinnedPrefix[] => {
      const problem = findProblem(pin, plan.size, networks, allowedPrefixes);
      if (problem === null) {
        return [pin];
      }
      report("SERVER_ADDRESSES", `${text}: ${problem}`);
      return [];
    });
  return {
    allowedPrefixes,
    deniedPrefixes: withoutRepeats([...own, ...valid.map(({ prefix }) => prefix)]),
    addressesOnly,
    pinned: valid,
  };
}

/**
 * Servers may use the nodes' loopback network for their own loopbacks: they may announce its single addresses, except
 * the nodes'.
 */
function networksOf4(config: Config, { networks, scopes, nodes }: ServerAccessPlan): FamilyNetworks {
  const { host, loopbacks, vlans, bmc } = networks;
  const nodeLoopbacks = nodes.map((node) => Prefix.single(loopbacks.at(1 + node.index)));
  return {
    whole: networks.whole,
    own: [
      host,
      ...nodeLoopbacks,
      ...scopes.map(({ prefix }) => prefix),
      ...vlans,
      bmc,
      ...uplinkNetwork(config),
    ],
    switches: [
      host,
      ...nodeLoopbacks,
      ...scopes.map(({ router }) => Prefix.single(router.address)),
      ...vlans.map((vlan) => vlan.subnet(32, 1)),
      bmc,
    ],
    addressesOnly: [loopbacks],
  };
}

/** Servers have a network of their own for their loopbacks, so they may announce no part of the nodes'. */
function networksOf6({ networks: { v6 }, scopes, vlans }: ServerAccessPlan): FamilyNetworks {
  if (v6 === null) {
    return { whole: null, own: [], switches: [], addressesOnly: [] };
  }
  const routers = [
    ...scopes.flatMap(({ network6 }) => network6?.router ?? []),
    ...vlans.flatMap(({ gateway6 }) => gateway6 ?? []),
  ];
  return {
    whole: v6.whole,
    own: [v6.host, v6.loopbacks, ...routers.map(({ prefix }) => prefix)],
    switches: [v6.host, v6.loopbacks, ...routers.map(({ address }) => Prefix.single(address))],
    addressesOnly: [],
  };
}

interface Pinned extends PinnedPrefix {
  /** As written. */
  readonly text: string;
}

function readPinned(text: string): Pinned {
  const [prefixText = "", place = ""] = text.split("=");
  const [rack = 0, position = 0] = place.split("-").map(Number);
  return { text, prefix: Prefix.from(prefixText), rack, position };
}

function findProblem(
  { prefix, rack, position }: PinnedPrefix,
  size: FabricSize,
  { whole, switches }: FamilyNetworks,
  allowed: readonly Prefix[],
): string | null {
  const last = FIRST_POSITION + size.positions - 1;
  if (rack > size.racks || position < FIRST_POSITION || position > last) {
    return `there is no such position: racks are 1 to ${size.racks}, and servers are at U${FIRST_POSITION} to U${last}`;
  }
  const taken = switches.find((other) => other.overlaps(prefix));
  if (taken !== undefined) {
    return `${taken} is the fabric's own; give a server's address`;
  }
  if (whole === null) {
    return allowed.some((outer) => outer.contains(prefix))
      ? null
      : "it is not in SERVER_PREFIXES, and the fabric has IPv4 only (HOST_VIRTUAL_SUBNET6)";
  }
  return [whole, ...allowed].some((outer) => outer.contains(prefix))
    ? null
    : `it is neither in ${whole} nor in SERVER_PREFIXES`;
}

function withoutRepeats(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((prefix) => [String(prefix), prefix])).values()];
}
