import type { Config } from "../config/types.ts";
import { Prefix } from "../net/prefix.ts";
import type { Networks } from "./networks.ts";
import type { Report } from "./report.ts";
import { type FabricSize, FIRST_POSITION } from "./size.ts";
import type { TopologyNode } from "./topology.ts";
import type { DhcpScope, PinnedPrefix, ServerAccess } from "./types.ts";

/** Returns the networks listed in SERVER_PREFIXES. */
export function readServerPrefixes(config: Config): Prefix[] {
  return config.SERVER_PREFIXES.map(Prefix.from);
}

/** The parts of the plan that determine the prefixes that servers may announce. */
export interface ServerAccessPlan {
  readonly networks: Networks;
  /** The prefixes of SERVER_PREFIXES; empty for the whole network. */
  readonly servers: readonly Prefix[];
  readonly scopes: readonly DhcpScope[];
  readonly size: FabricSize;
  readonly nodes: readonly TopologyNode[];
}

/**
 * Plans the prefixes that servers may announce. Servers may use the nodes' loopback network for their own loopbacks:
 * they may announce its single addresses, except the nodes'. A network that a leaf serves belongs to the leaf, with
 * every address in it.
 */
export function planServerAccess(config: Config, plan: ServerAccessPlan, report: Report): ServerAccess {
  const { networks, servers, scopes, nodes } = plan;
  const allowed = servers.length === 0 ? [networks.whole] : servers;
  const own = [
    networks.host,
    ...loopbacks(networks, nodes),
    ...scopes.map(({ prefix }) => prefix),
    ...networks.vlans,
    networks.bmc,
  ];
  const pinned = config.SERVER_ADDRESSES.flatMap((text) => readPinned(text, plan, allowed, report));
  return {
    vlan: config.LEAF_TO_VM_VLAN_NUM,
    sources: config.SERVER_SOURCES,
    allowedPrefixes: allowed,
    deniedPrefixes: withoutRepeats([...own, ...pinned.map(({ prefix }) => prefix)]),
    addressesOnly: [networks.loopbacks],
    pinned,
    maxPrefixes: config.SERVER_MAX_PREFIXES,
    bfd: config.SERVER_BFD === "yes",
  };
}

function readPinned(
  text: string,
  plan: ServerAccessPlan,
  allowed: readonly Prefix[],
  report: Report,
): PinnedPrefix[] {
  const [prefixText = "", place = ""] = text.split("=");
  const [rack = 0, position = 0] = place.split("-").map(Number);
  const prefix = Prefix.from(prefixText);
  const problem = findProblem(prefix, { rack, position }, plan, allowed);
  if (problem !== null) {
    report("SERVER_ADDRESSES", `${text}: ${problem}`);
    return [];
  }
  return [{ prefix, rack, position }];
}

function findProblem(
  network: Prefix,
  { rack, position }: Pick<PinnedPrefix, "rack" | "position">,
  { networks, scopes, size, nodes }: ServerAccessPlan,
  allowed: readonly Prefix[],
): string | null {
  const last = FIRST_POSITION + size.positions - 1;
  if (rack > size.racks || position < FIRST_POSITION || position > last) {
    return `there is no such position: racks are 1 to ${size.racks}, and servers are at U${FIRST_POSITION} to U${last}`;
  }
  const switches = [
    networks.host,
    ...loopbacks(networks, nodes),
    ...scopes.map(({ router }) => Prefix.single(router.address)),
    ...networks.vlans.map((vlan) => vlan.subnet(32, 1)),
    networks.bmc,
  ];
  const taken = switches.find((other) => other.overlaps(network));
  if (taken !== undefined) {
    return `${taken} is the fabric's own; give a server's address`;
  }
  return [networks.whole, ...allowed].some((outer) => outer.contains(network))
    ? null
    : `it is neither in ${networks.whole} nor in SERVER_PREFIXES`;
}

/** Returns the loopback of every node, as a prefix. */
function loopbacks(networks: Networks, nodes: readonly TopologyNode[]): Prefix[] {
  return nodes.map((node) => Prefix.single(networks.loopbacks.at(1 + node.index)));
}

function withoutRepeats(prefixes: readonly Prefix[]): Prefix[] {
  return [...new Map(prefixes.map((prefix) => [String(prefix), prefix])).values()];
}
