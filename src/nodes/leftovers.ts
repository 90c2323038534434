import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { nodesFolder } from "./run-paths.ts";

/** Names of the nodes that have a folder below this run directory and are not planned: an earlier fabric was larger. */
export async function leftoverNodes(
  host: Host,
  runDir: string,
  { nodes }: Pick<Fabric, "nodes">,
): Promise<readonly string[]> {
  const planned = new Set(nodes.map(({ name }) => name));
  return (await host.list(nodesFolder(runDir))).filter((name) => !planned.has(name));
}
