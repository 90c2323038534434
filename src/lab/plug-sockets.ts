import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { plugPaths } from "../plugs/paths.ts";
import { startPlugSockets } from "../plugs/start.ts";
import { stopPlugSockets } from "../plugs/stop.ts";
import { wantsPlugs } from "../plugs/wanted.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";

/** Opens the sockets for VMs, or closes those that are no longer wanted. This follows the set-up of the host network. */
export async function openPlugSockets(
  host: Host,
  {
    settings,
    fabric,
    progress,
  }: { readonly settings: Settings; readonly fabric: Fabric; readonly progress: Progress },
): Promise<void> {
  // The taps that they lead to are on the members.
  if (fabric.cluster !== undefined || !(await wantsPlugs(host, settings))) {
    if ((await host.stat(plugPaths(settings.runDir).folder)) !== undefined) {
      await stopPlugSockets(host, settings);
    }
    return;
  }
  await progress.step(
    "Open the sockets for VMs",
    () => startPlugSockets(host, fabric, settings),
    (outcome) => outcome,
  );
}
