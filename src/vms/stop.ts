import type { StopOutcome } from "../nodes/machines.ts";
import { cutPower, emulatorProcess, shutDown } from "../qemu/power.ts";
import type { Host } from "../system/host.ts";
import { removeUnfinishedFolders, removeWholeFolder } from "../system/whole-folder.ts";
import { type VmFolder, type VmPlace, vmFolder, vmsFolder } from "./folder.ts";
import { endVmGroup } from "./limits.ts";
import { type VmRecord, writeRecord } from "./record.ts";

/** How to stop a VM. */
export interface StopOptions {
  /** Time to shut itself down; 0: its power is cut. */
  readonly graceMs: number;
  /** True if `up` shall start it again. */
  readonly wanted: boolean;
}

/** Shuts a VM down, cuts its power after the grace period, and removes what exists only while it runs. */
export async function stopVm(
  host: Host,
  place: VmPlace,
  record: VmRecord,
  { graceMs, wanted }: StopOptions,
): Promise<StopOutcome> {
  const folder = vmFolder(place, record.name);
  // First: whoever kills this process wants the VM to be off.
  if (record.wanted !== wanted) {
    await writeRecord(host, folder, { ...record, wanted });
  }
  const outcome = await end(host, folder, graceMs);
  await endVmGroup(host, place, record.name);
  await host.remove(folder.path);
  return outcome;
}

async function end(host: Host, folder: VmFolder, graceMs: number): Promise<StopOutcome> {
  const machine = await emulatorProcess(host, folder);
  if (machine === undefined) {
    return "was off";
  }
  if (graceMs === 0) {
    await cutPower(host, folder, machine);
    return "forced";
  }
  return shutDown(host, folder, machine, graceMs);
}

/** Cuts a VM's power and removes it with its disks, even if its record is damaged. */
export async function removeVm(host: Host, place: VmPlace, name: string): Promise<void> {
  const folder = vmFolder(place, name);
  await end(host, folder, 0);
  await endVmGroup(host, place, name);
  await host.remove(folder.path);
  await host.remove(folder.logs);
  await removeWholeFolder(host, folder.state);
}

/** Removes what killed `vm create` and `vm rm` have left. The caller has the lock. */
export function removeUnfinished(host: Host, { stateDir }: Pick<VmPlace, "stateDir">): Promise<void> {
  return removeUnfinishedFolders(host, vmsFolder(stateDir));
}
