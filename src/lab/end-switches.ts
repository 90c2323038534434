import { stopAllSwitches } from "../backends/down.ts";
import type { Backends } from "../backends/model/backend.ts";
import { stopBmcs } from "../bmc/stop.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";

/**
 * End all switches and their BMCs at once, without letting them shut down: others are to take their places.
 * @returns how many ran.
 */
export async function endSwitches(
  host: Host,
  fabric: Fabric,
  { runDir, backends }: { readonly runDir: string; readonly backends: Backends },
): Promise<number> {
  // First, so that no BMC switches a machine on again.
  await stopBmcs(host, fabric, { runDir });
  return Object.keys(await stopAllSwitches(host, runDir, { backends, graceMs: 0 })).length;
}
