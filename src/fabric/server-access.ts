import type { Config } from "../config/types.ts";
import {
  containsNetwork,
  formatPrefix,
  type Network,
  overlap,
  parseAddress,
  parsePrefix,
} from "./address.ts";
import type { Networks } from "./networks.ts";
import type { Report } from "./report.ts";
import { type FabricSize, FIRST_POSITION } from "./size.ts";
import type { NodeSketch } from "./sketch.ts";
import type { DhcpScope, PinnedPrefix, ServerAccess } from "./types.ts";

/** The networks that SERVER_PREFIXES lists. */
export function readServerPrefixes(config: Config): Network[] {
  return config.SERVER_PREFIXES.flatMap((text) => parsePrefix(text) ?? []);
}

/** What the plan knows when it decides what servers may announce. */
export interface ServerAccessPlan {
  readonly networks: Networks;
  /** Of SERVER_PREFIXES; none for the whole network. */
  readonly servers: readonly Network[];
  readonly scopes: readonly DhcpScope[];
  readonly size: FabricSize;
  readonly nodes: readonly NodeSketch[];
}

/**
 * Servers may number their own loopbacks beside the nodes': of that network they may announce single addresses, but
 * the nodes'. Networks that a leaf serves belong to the leaf, with every address in them.
 */
export function planServerAccess(config: Config, plan: ServerAccessPlan, report: Report): ServerAccess {
  const { networks, servers, scopes, nodes } = plan;
  const allowed = servers.length === 0 ? [networks.whole] : servers;
  const loopbacks = nodes.map((node) => ({ first: networks.loopbacks.first + 1 + node.index, length: 32 }));
  const own = [
    networks.host,
    ...loopbacks,
    ...scopes.flatMap(({ prefix }) => parsePrefix(prefix) ?? []),
    ...networks.vlans,
    networks.bmc,
  ];
  const pinned = config.SERVER_ADDRESSES.flatMap((text) => readPinned(text, plan, allowed, report));
  return {
    vlan: config.LEAF_TO_VM_VLAN_NUM,
    sources: config.SERVER_SOURCES,
    allowedPrefixes: allowed.map(formatPrefix),
    deniedPrefixes: [...new Set([...own.map(formatPrefix), ...pinned.map(({ prefix }) => prefix)])],
    addressesOnly: [formatPrefix(networks.loopbacks)],
    pinned,
    maxPrefixes: config.SERVER_MAX_PREFIXES,
  };
}

function readPinned(
  text: string,
  plan: ServerAccessPlan,
  allowed: readonly Network[],
  report: Report,
): PinnedPrefix[] {
  const [prefix = "", place = ""] = text.split("=");
  const [rack = 0, position = 0] = place.split("-").map(Number);
  const network = parsePrefix(prefix);
  const problem = network === null ? "no network" : findProblem(network, { rack, position }, plan, allowed);
  if (problem !== null) {
    report("SERVER_ADDRESSES", `${text}: ${problem}`);
    return [];
  }
  return [{ prefix, rack, position }];
}

function findProblem(
  network: Network,
  { rack, position }: Pick<PinnedPrefix, "rack" | "position">,
  { networks, scopes, size, nodes }: ServerAccessPlan,
  allowed: readonly Network[],
): string | null {
  const last = FIRST_POSITION + size.positions - 1;
  if (rack > size.racks || position < FIRST_POSITION || position > last) {
    return `there is no such position: racks are 1 to ${size.racks}, and servers are at U${FIRST_POSITION} to U${last}`;
  }
  const switches = [
    networks.host,
    ...nodes.map((node) => ({ first: networks.loopbacks.first + 1 + node.index, length: 32 })),
    ...scopes.map(({ router }) => addressOf(router)),
    ...networks.vlans.map(({ first }) => ({ first: first + 1, length: 32 })),
    networks.bmc,
  ];
  const taken = switches.find((other) => overlap(other, network));
  if (taken !== undefined) {
    return `${formatPrefix(taken)} is the fabric's own; give a server's address`;
  }
  return [networks.whole, ...allowed].some((outer) => containsNetwork(outer, network))
    ? null
    : `it is neither in ${formatPrefix(networks.whole)} nor in SERVER_PREFIXES`;
}

function addressOf(interfaceAddress: string): Network {
  return { first: parseAddress(interfaceAddress.split("/")[0] ?? "") ?? 0, length: 32 };
}
