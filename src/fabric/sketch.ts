import type { Config } from "../config/types.ts";
import { sketchWires, type WireSketch } from "./cabling.ts";
import { leafName, rackOf, sideOf, spineName, upTo } from "./numbering.ts";
import type { FabricSize } from "./size.ts";

/**
 * Which node is where and what is plugged into what: names only, before any number or address is given.
 * Wires and ports are both made from these same wire sketches, so that they can't contradict each other.
 */
export interface Sketch {
  readonly nodes: readonly NodeSketch[];
  readonly wires: readonly WireSketch[];
}

export type NodeSketch = {
  readonly name: string;
  /** Place in the order of the nodes, from 0. */
  readonly index: number;
} & (
  | { readonly role: "internet" }
  | { readonly role: "spine"; readonly spine: number }
  | { readonly role: "leaf"; readonly leaf: number; readonly rack: number; readonly side: 1 | 2 }
);

/** Nodes: internet, spines, leaves, each in the order of its number. */
export function sketchFabric(config: Config, size: FabricSize): Sketch {
  return { nodes: sketchNodes(size), wires: sketchWires(config, size) };
}

function sketchNodes(size: FabricSize): NodeSketch[] {
  return [
    { name: "internet", index: 0, role: "internet" },
    ...upTo(size.spines).map(
      (spine): NodeSketch => ({ name: spineName(spine), index: spine, role: "spine", spine }),
    ),
    ...upTo(size.leaves).map(
      (leaf): NodeSketch => ({
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
