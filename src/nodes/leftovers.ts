import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { nodesFolder } from "./run-paths.ts";

/**
 * Returns the names of nodes that have a folder below this run directory and are not planned, as after a larger fabric.
 */
export async function leftoverNodes(
  host: Host,
  runDir: string,
  { nodes }: Pick<Fabric, "nodes">,
): Promise<readonly string[]> {
  const planned = new Set(nodes.map(({ name }) => name));
  return (await host.list(nodesFolder(runDir))).filter((name) => !planned.has(name));
}
