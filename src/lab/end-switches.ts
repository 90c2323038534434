import { stopAllSwitches } from "../backends/down.ts";
import type { Backends } from "../backends/model/backend.ts";
import { stopBmcs } from "../bmc/stop.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";

/**
 * Stop all switches and their BMCs: others are to take their places.
 * @returns how many there were.
 */
export async function endSwitches(
  host: Host,
  fabric: Fabric,
  options: { readonly runDir: string; readonly backends: Backends; readonly graceMs: number },
): Promise<number> {
  // First, so that no BMC switches a machine on again.
  await stopBmcs(host, fabric, options);
  return Object.keys(await stopAllSwitches(host, options.runDir, options)).length;
}
