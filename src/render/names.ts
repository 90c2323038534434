import type { Node } from "../fabric/types.ts";

/** Returns a node's names, the fully qualified one first if there is a domain. */
export function nodeNames(node: Node, domain: string): readonly string[] {
  return domain === "" ? [node.name] : [`${node.name}.${domain}`, node.name];
}
