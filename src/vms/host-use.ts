import { PreflightError } from "../errors.ts";
import type { HostRoom } from "../hosts/member-facts.ts";
import { emulatorProcess } from "../qemu/power.ts";
import { memoryMiB } from "../system/available-memory.ts";
import type { Host } from "../system/host.ts";
import { processors } from "../system/processors.ts";
import { observeRoom } from "../system/room.ts";
import { disksMiB } from "./disks.ts";
import { type VmPlace, vmFolder, vmsFolder } from "./folder.ts";
import { findVms } from "./observe.ts";
import { processUse } from "./process-use.ts";
import type { VmRecord } from "./record.ts";

/** What a host has, and what its VMs use and may use at most. */
export interface HostUse extends HostRoom {
  readonly vms: {
    /** Names of those that run. */
    readonly running: readonly string[];
    readonly vcpus: number;
    /** Memory that they are given. */
    readonly memoryMiB: number;
    /** Memory of the host that they occupy. */
    readonly residentMiB: number;
    /** Size of the disks of all VMs, running or not, as their guests see them. */
    readonly diskMiB: number;
    /** Room that all VMs take on disk. */
    readonly usedDiskMiB: number;
  };
}

export async function observeHostUse(host: Host, place: VmPlace): Promise<HostUse> {
  const [count, meminfo = "", loadavg = "0", room, vms] = await Promise.all([
    processors(host),
    host.readFile("/proc/meminfo"),
    host.readFile("/proc/loadavg"),
    observeRoom(host, vmsFolder(place.stateDir)),
    observeVmUse(host, place),
  ]);
  return {
    processors: count,
    load: Number(loadavg.split(" ")[0]),
    memoryMiB: memoryMiB(meminfo, "MemTotal") ?? 0,
    availableMiB: memoryMiB(meminfo, "MemAvailable") ?? 0,
    disk: { sizeMiB: wholeMiB(room.size), usedMiB: wholeMiB(room.used), freeMiB: wholeMiB(room.free) },
    vms,
  };
}

function wholeMiB(bytes = 0): number {
  return Math.floor(bytes / (1024 * 1024));
}

async function observeVmUse(host: Host, place: VmPlace): Promise<HostUse["vms"]> {
  const records = (await findVms(host, place)).flatMap(({ record }) => record ?? []);
  const uses = await Promise.all(
    records.map(async (record) => {
      const pid = (await emulatorProcess(host, vmFolder(place, record.name)))?.pid;
      const use = await processUse(host, pid);
      return use === undefined ? [] : [{ record, residentMiB: use.residentMiB }];
    }),
  );
  const running = uses.flat();
  return {
    running: running.map(({ record }) => record.name),
    vcpus: sum(running, ({ record }) => record.profile.vcpus),
    memoryMiB: sum(running, ({ record }) => record.profile.memoryMiB),
    residentMiB: sum(running, ({ residentMiB }) => residentMiB),
    diskMiB: sum(records, ({ profile }) => disksMiB(profile)),
    usedDiskMiB: await usedDiskMiB(host, place),
  };
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

async function usedDiskMiB(host: Host, { stateDir }: VmPlace): Promise<number> {
  const folder = vmsFolder(stateDir);
  if ((await host.stat(folder)) === undefined) {
    return 0;
  }
  // Exit code 1: a file was removed meanwhile.
  const du = { file: "du", args: ["-s", "--block-size=1M", "--", folder] };
  return Number.parseInt((await host.run(du, { okExitCodes: [1] })).stdout, 10) || 0;
}

/**
 * Checks that the host has memory for VMs that are about to start, besides what running ones were given and do not
 * occupy yet.
 * @throws PreflightError if it does not.
 */
export function checkFit({ availableMiB, vms }: HostUse, wanted: readonly VmRecord[]): void {
  const starting = wanted.filter(({ name }) => !vms.running.includes(name));
  const promisedMiB = Math.max(0, vms.memoryMiB - vms.residentMiB);
  const neededMiB = starting.reduce((total, { profile }) => total + profile.memoryMiB, 0);
  if (neededMiB > availableMiB - promisedMiB) {
    const promised = promisedMiB === 0 ? "" : `, of which running VMs may still take ${promisedMiB} MiB`;
    throw new PreflightError([
      {
        what: `not enough memory: ${availableMiB} MiB available${promised}`,
        why: `${starting.map(({ name }) => name).join(", ")} need${starting.length === 1 ? "s" : ""} ${neededMiB} MiB`,
        fix: "stop other VMs, make smaller ones, or add --overcommit",
      },
    ]);
  }
}
