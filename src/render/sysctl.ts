import type { Fabric, Node } from "../fabric/types.ts";

/** What depends on the node in its kernel's settings. */
export interface SysctlContext {
  /** Whether packets of servers are dropped whose source the switch reaches by another port. */
  readonly strictSources: boolean;
  /** Patterns that match one port each: `ens[4]`. */
  readonly uplinks: readonly string[];
}

/** Only leaves have servers; between switches an answer may take another way than the question. */
export function sysctlContext(fabric: Fabric, node: Node): SysctlContext {
  const uplinks = node.ports.filter(({ peer }) => peer.kind === "node").map(({ name }) => name);
  return {
    strictSources: node.role === "leaf" && fabric.serverAccess.sources === "strict",
    uplinks: uplinks.map((name) => `${name.slice(0, -1)}[${name.slice(-1)}]`),
  };
}
