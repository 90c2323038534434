import type { Fabric, Node } from "../fabric/types.ts";

/** The kernel settings that depend on the node. */
export interface SysctlContext {
  /** True if the switch drops packets from servers whose source it reaches by another port. */
  readonly strictSources: boolean;
  /** Patterns that match one port each: `ens[4]`. */
  readonly uplinks: readonly string[];
}

/** Only leaves have servers. Between switches, an answer may take another path than the request. */
export function sysctlContext(fabric: Fabric, node: Node): SysctlContext {
  const uplinks = node.ports.filter(({ peer }) => peer.kind === "node").map(({ name }) => name);
  return {
    strictSources: node.role === "leaf" && fabric.serverAccess.sources === "strict",
    uplinks: uplinks.map((name) => `${name.slice(0, -1)}[${name.slice(-1)}]`),
  };
}
