import { UsageError } from "../errors.ts";
import type { Fabric, Node } from "../fabric/types.ts";

/** The node that the user named. @throws UsageError that lists the names there are. */
export function findNode(fabric: Fabric, name: string): Node {
  const node = fabric.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) {
    const names = fabric.nodes.map((candidate) => candidate.name).join(", ");
    throw new UsageError(`there is no switch "${name}"; there are ${names}`);
  }
  return node;
}

/** All nodes, or the ones named. */
export function selectNodes(fabric: Fabric, names: readonly string[]): readonly Node[] {
  return names.length === 0 ? fabric.nodes : names.map((name) => findNode(fabric, name));
}
