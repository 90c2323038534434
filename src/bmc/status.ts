import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { BmcAccess } from "./access.ts";
import { type BmcEndpoint, bmcEndpoint } from "./endpoint.ts";
import { findBmcProcesses } from "./processes.ts";

export interface BmcStatus {
  /** Name of the machine. */
  readonly node: string;
  readonly endpoint: BmcEndpoint;
  /** True if it works: its simulator and the proxy both run. */
  readonly running: boolean;
}

/** Returns the status of every node's BMC, in the order of the fabric's nodes. */
export async function bmcStatus(
  host: Host,
  fabric: Fabric,
  settings: { readonly runDir: string; readonly access: BmcAccess },
): Promise<readonly BmcStatus[]> {
  const { simulators, proxy } = await findBmcProcesses(host, settings.runDir);
  return fabric.nodes.map((node) => ({
    node: node.name,
    endpoint: bmcEndpoint(node, settings.access),
    running: proxy.length > 0 && (simulators.get(node.name) ?? []).length > 0,
  }));
}
