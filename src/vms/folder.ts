import { logsOf } from "../nodes/log-folder.ts";
import type { Emulator, EmulatorFiles } from "../qemu/power.ts";
import type { Host } from "../system/host.ts";
import { isUnfinished } from "../system/whole-folder.ts";

/** The name and paths of a VM. */
export interface VmFolder extends Emulator, EmulatorFiles {
  /** What outlives a reboot of the host: record, identity, disks. Root's; the emulator's group may enter it. */
  readonly state: string;
  readonly record: string;
  /** What exists only while the VM runs. Belongs to root; the emulator's group may enter it. */
  readonly path: string;
  /** Disk with the files of a VM that boots the switches' image. */
  readonly files: string;
  /** Sockets. Belongs to the emulator's user. */
  readonly run: string;
  readonly agent: string;
  readonly serial: string;
  /** Console of its BMC: serial over LAN. */
  readonly sol: string;
  readonly vnc: string;
  /** Files for cloud-init. */
  readonly seed: string;
  readonly logs: string;
  readonly console: string;
}

export interface VmPlace {
  readonly stateDir: string;
  readonly runDir: string;
}

export function vmsFolder(stateDir: string): string {
  return `${stateDir}/vms`;
}

export function vmsRunFolder(runDir: string): string {
  return `${runDir}/vms`;
}

export function vmFolder({ stateDir, runDir }: VmPlace, name: string): VmFolder {
  const state = `${vmsFolder(stateDir)}/${name}`;
  const path = `${vmsRunFolder(runDir)}/${name}`;
  const run = `${path}/run`;
  const logs = logsOf(runDir, `vm-${name}`);
  return {
    name,
    state,
    record: recordPath({ state }),
    path,
    process: `${path}/process`,
    files: `${path}/files.cpio`,
    run,
    pid: `${run}/qemu.pid`,
    qmp: `${run}/qmp.sock`,
    agent: `${run}/agent.sock`,
    serial: `${run}/serial.sock`,
    sol: `${run}/sol.sock`,
    vnc: `${run}/vnc.sock`,
    seed: `${path}/seed`,
    logs,
    qemuLog: `${logs}/qemu.log`,
    console: `${logs}/console.log`,
  };
}

export function recordPath({ state }: Pick<VmFolder, "state">): string {
  return `${state}/vm.json`;
}

/** Returns the path of a VM's disk, from 1. */
export function diskPath({ state }: Pick<VmFolder, "state">, number: number): string {
  return `${state}/disk${number}.qcow2`;
}

/** Returns the path of the variables of a VM's UEFI firmware. */
export function variablesPath({ state }: Pick<VmFolder, "state">): string {
  return `${state}/uefi-variables.fd`;
}

/** Returns the names of all VMs, sorted. */
export async function vmNames(host: Host, stateDir: string): Promise<readonly string[]> {
  return (await host.list(vmsFolder(stateDir))).filter((name) => !isUnfinished(name));
}
