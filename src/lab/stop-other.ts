import { runningBackend } from "../backends/find.ts";
import type { Backends, DownOptions } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { DEFAULT_GRACE_MS } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { endSwitches } from "./end-switches.ts";

/**
 * Stops the running switches if they belong to another backend than the configured one: a node can't run in both. The
 * caller has to know that the new ones can start.
 * @returns the number of switches stopped.
 */
export async function stopOtherBackend(
  host: Host,
  {
    settings,
    fabric,
    backends,
    onWarning,
  }: Pick<DownOptions, "onWarning"> & {
    readonly settings: Settings;
    readonly fabric: Fabric;
    readonly backends: Backends;
  },
): Promise<number> {
  const runDir = settings.runDir;
  const running = await runningBackend(host, { runDir, backends });
  if (running === undefined || running.name === settings.backend) {
    return 0;
  }
  return endSwitches(host, fabric, { runDir, backends, graceMs: DEFAULT_GRACE_MS, onWarning });
}
