import type { Node } from "../fabric/types.ts";

/** A node's names, the full one first where there is a domain. */
export function nodeNames(node: Node, domain: string): readonly string[] {
  return domain === "" ? [node.name] : [`${node.name}.${domain}`, node.name];
}
