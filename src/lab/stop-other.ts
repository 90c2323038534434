import { runningBackend } from "../backends/find.ts";
import type { Backends } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { DEFAULT_GRACE_MS } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { endSwitches } from "./end-switches.ts";

/**
 * Stop the switches that run if they are not what the configuration wants them to be: one node can't be both. By then
 * it has to be known that the others can start.
 * @returns how many were stopped.
 */
export async function stopOtherBackend(
  host: Host,
  {
    settings,
    fabric,
    backends,
  }: { readonly settings: Settings; readonly fabric: Fabric; readonly backends: Backends },
): Promise<number> {
  const runDir = settings.runDir;
  const running = await runningBackend(host, { runDir, backends });
  if (running === undefined || running.name === settings.backend) {
    return 0;
  }
  return endSwitches(host, fabric, { runDir, backends, graceMs: DEFAULT_GRACE_MS });
}
