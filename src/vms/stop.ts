import type { StopOutcome } from "../nodes/machines.ts";
import { cutPower, emulatorProcess, shutDown } from "../qemu/power.ts";
import type { Host } from "../system/host.ts";
import { type VmFolder, type VmPlace, vmFolder, vmNames } from "./folder.ts";
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
  await endVmGroup(host, record.name);
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
  await endVmGroup(host, name);
  await host.writeFile(folder.unfinished, "", 0o600);
  const { path, logs, record, state } = folder;
  for (const part of [record, path, logs, state]) {
    await host.remove(part);
  }
}

/**
 * Removes what killed `vm create` and `vm rm` have left. The caller has the lock. A folder whose record was lost
 * otherwise stays, since it may have disks of value.
 */
export async function removeUnfinished(host: Host, place: VmPlace): Promise<void> {
  for (const name of await vmNames(host, place.stateDir)) {
    const folder = vmFolder(place, name);
    const [unfinished, record] = await Promise.all([host.stat(folder.unfinished), host.stat(folder.record)]);
    if (unfinished !== undefined && record === undefined) {
      await removeVm(host, place, name);
    }
  }
}
