import type { Config } from "../config/types.ts";
import { formatPrefix, type Network, parsePrefix } from "./address.ts";
import type { Networks } from "./networks.ts";
import type { NodeSketch } from "./sketch.ts";
import type { ServerAccess } from "./types.ts";

/** The networks that SERVER_PREFIXES lists. */
export function readServerPrefixes(config: Config): Network[] {
  return config.SERVER_PREFIXES.flatMap((text) => parsePrefix(text) ?? []);
}

/**
 * Servers may number their own loopbacks beside the nodes', therefore only the nodes' /32s are refused and not
 * the network that they lie in.
 */
export function planServerAccess(
  config: Config,
  networks: Networks,
  servers: readonly Network[],
  nodes: readonly NodeSketch[],
): ServerAccess {
  return {
    vlan: config.LEAF_TO_VM_VLAN_NUM,
    allowedPrefixes: (servers.length === 0 ? [networks.whole] : servers).map(formatPrefix),
    deniedPrefixes: [
      formatPrefix(networks.host),
      ...nodes.map((node) => formatPrefix({ first: networks.loopbacks.first + 1 + node.index, length: 32 })),
    ],
    maxPrefixes: config.SERVER_MAX_PREFIXES,
  };
}
