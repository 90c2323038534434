import type { InterfaceName, Node } from "../fabric/types.ts";

/** The context of the rules that filter IPv6 sources, for which Linux has no sysctl. */
export interface SourceFilterContext {
  /** Ports towards switches, where packets of any source may arrive. */
  readonly uplinks: readonly InterfaceName[];
}

export function sourceFilterContext(node: Node): SourceFilterContext {
  return { uplinks: node.ports.filter(({ peer }) => peer.kind === "node").map(({ name }) => name) };
}
