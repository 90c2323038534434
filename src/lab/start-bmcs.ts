import type { Backend } from "../backends/model/backend.ts";
import { bmcAccess } from "../bmc/access.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { startBmcs } from "../bmc/start.ts";
import { type BmcTarget, switchTargets } from "../bmc/target.ts";
import type { Settings } from "../config/settings.ts";
import { PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { ensureConsolePasswords } from "../nodes/console-passwords.ts";
import { mountLogs } from "../nodes/log-folder.ts";
import { findEmulatorUser } from "../system/emulator-user.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";
import { vmTargets } from "../vms/bmc-targets.ts";

export interface BmcRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly bmcPrograms: BmcPrograms;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

/**
 * Starts the BMCs of the switches, if the backend has any, and of the VMs in the racks. This is a late step of every
 * command that brings switches up, and the last one of those that make or delete VMs.
 */
export async function startAllBmcs(host: Host, backend: Backend, request: BmcRequest): Promise<void> {
  const vms = await vmTargets(host, request.fabric, request.settings);
  const isThere = (await host.stat(`/sys/class/net/${request.fabric.host.bmcBridge}`)) !== undefined;
  if (!isThere || (backend.bmc === undefined && vms.length === 0)) {
    return;
  }
  await request.progress.step(
    "Start the BMCs",
    () => start(host, backend, request, vms),
    (outcome) => outcome,
  );
}

async function start(
  host: Host,
  { name, bmc }: Backend,
  { settings, fabric, bmcPrograms, onWarning }: BmcRequest,
  vms: readonly BmcTarget[],
): Promise<string> {
  await mountLogs(host, settings.runDir);
  const access = bmcAccess(settings, (await ensureConsolePasswords(host, settings)).bmc);
  const switches = await bmc?.switches(host, settings);
  const ofSwitches = switches === undefined ? [] : switchTargets(fabric, switches.consoleOf);
  const user = switches?.user ?? (await findEmulatorUser(host, settings.emulatorUser));
  try {
    const { size } = await startBmcs(host, fabric, {
      runDir: settings.runDir,
      stateDir: settings.stateDir,
      access,
      backend: name,
      user,
      kvm: switches?.kvm ?? false,
      programs: bmcPrograms,
      targets: [...ofSwitches, ...vms],
    });
    return access.kind === "off" ? `none: ${access.reason}` : `${size} BMCs answer`;
  } catch (error) {
    // VMs are of use without BMCs, and switches that have none don't demand their programs.
    if (bmc === undefined && error instanceof PreflightError) {
      onWarning(`the VMs have no BMCs: ${error.message}`);
      return "none";
    }
    throw error;
  }
}
