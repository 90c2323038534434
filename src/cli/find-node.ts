import { UsageError } from "../errors.ts";
import type { Fabric, Node } from "../fabric/types.ts";

/** Finds a node by its name. @throws UsageError that lists all names */
export function findNode(fabric: Fabric, name: string): Node {
  const node = fabric.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) {
    const names = fabric.nodes.map((candidate) => candidate.name).join(", ");
    throw new UsageError(`unknown switch: ${name} (choose from ${names})`);
  }
  return node;
}

/** Returns the named nodes, or all nodes if none is named. */
export function selectNodes(fabric: Fabric, names: readonly string[]): readonly Node[] {
  return names.length === 0 ? fabric.nodes : names.map((name) => findNode(fabric, name));
}
