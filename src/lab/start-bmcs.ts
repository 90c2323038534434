import type { Backend } from "../backends/model/backend.ts";
import { bmcAccess } from "../bmc/access.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { startBmcs } from "../bmc/start.ts";
import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { ensureConsolePasswords } from "../nodes/console-passwords.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";

/**
 * Starts the switches' BMCs, if the backend has any. This is the last step of every command that brings switches up.
 */
export async function startSwitchesBmcs(
  host: Host,
  { bmc }: Backend,
  {
    settings,
    fabric,
    bmcPrograms,
    progress,
  }: {
    readonly settings: Settings;
    readonly fabric: Fabric;
    readonly bmcPrograms: BmcPrograms;
    readonly progress: Progress;
  },
): Promise<void> {
  if (bmc === undefined) {
    return;
  }
  await progress.step(
    "Start the switches' BMCs",
    async () => {
      const access = bmcAccess(settings, (await ensureConsolePasswords(host, settings)).bmc);
      const outcomes = await startBmcs(host, fabric, {
        runDir: settings.runDir,
        access,
        ...(await bmc.switches(host, settings)),
        programs: bmcPrograms,
      });
      return access.kind === "off" ? `none: ${access.reason}` : `${outcomes.size} BMCs answer`;
    },
    (outcome) => outcome,
  );
}
