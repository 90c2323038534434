import { stopAllSwitches } from "../backends/down.ts";
import type { Backends, DownOptions } from "../backends/model/backend.ts";
import { stopBmcs } from "../bmc/stop.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";

/**
 * Stops all switches and their BMCs, so that others can take their places.
 * @returns the number of switches stopped.
 */
export async function endSwitches(
  host: Host,
  fabric: Fabric,
  options: DownOptions & { readonly runDir: string; readonly backends: Backends },
): Promise<number> {
  // First, so that no BMC powers a switch on again.
  await stopBmcs(host, fabric, options);
  return Object.keys(await stopAllSwitches(host, options.runDir, options)).length;
}
