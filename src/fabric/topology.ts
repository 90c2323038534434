import type { Config } from "../config/types.ts";
import { type TopologyLink, topologyLinks } from "./cabling.ts";
import { leafName, rackOf, sideOf, spineName, upTo } from "./numbering.ts";
import type { FabricSize } from "./size.ts";

/**
 * Nodes and links by name, before they get numbers and addresses. Links and ports both derive from it, so they cannot
 * contradict each other.
 */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
}

export type TopologyNode = {
  readonly name: string;
  /** Place in the order of the nodes, from 0. */
  readonly index: number;
} & (
  | { readonly role: "internet" }
  | { readonly role: "spine"; readonly spine: number }
  | { readonly role: "leaf"; readonly leaf: number; readonly rack: number; readonly side: 1 | 2 }
);

/** Returns the nodes in this order: internet, spines, leaves, each by number. */
export function planTopology(config: Config, size: FabricSize): Topology {
  return { nodes: topologyNodes(size), links: topologyLinks(config, size) };
}

function topologyNodes(size: FabricSize): TopologyNode[] {
  return [
    { name: "internet", index: 0, role: "internet" },
    ...upTo(size.spines).map(
      (spine): TopologyNode => ({ name: spineName(spine), index: spine, role: "spine", spine }),
    ),
    ...upTo(size.leaves).map(
      (leaf): TopologyNode => ({
        name: leafName(leaf),
        index: size.spines + leaf,
        role: "leaf",
        leaf,
        rack: rackOf(leaf),
        side: sideOf(leaf),
      }),
    ),
  ];
}
