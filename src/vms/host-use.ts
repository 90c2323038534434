import { PreflightError } from "../errors.ts";
import { emulatorProcess } from "../qemu/power.ts";
import { memoryMiB } from "../system/available-memory.ts";
import type { Host } from "../system/host.ts";
import { processors } from "../system/processors.ts";
import { type VmPlace, vmFolder } from "./folder.ts";
import { findVms } from "./observe.ts";
import { processUse } from "./process-use.ts";
import type { VmRecord } from "./record.ts";

/** What a host has, and what its running VMs use and may use at most. */
export interface HostUse {
  readonly processors: number;
  /** Average number of runnable processes in the last minute. */
  readonly load: number;
  readonly memoryMiB: number;
  readonly availableMiB: number;
  readonly vms: {
    /** Names of those that run. */
    readonly running: readonly string[];
    readonly vcpus: number;
    /** Memory that they are given. */
    readonly memoryMiB: number;
    /** Memory of the host that they occupy. */
    readonly residentMiB: number;
  };
}

export async function observeHostUse(host: Host, place: VmPlace): Promise<HostUse> {
  const records = (await findVms(host, place)).flatMap(({ record }) => record ?? []);
  const uses = await Promise.all(
    records.map(async (record) => {
      const pid = (await emulatorProcess(host, vmFolder(place, record.name)))?.pid;
      const use = await processUse(host, pid);
      return use === undefined ? [] : [{ record, residentMiB: use.residentMiB }];
    }),
  );
  const running = uses.flat();
  const sum = (value: (vm: (typeof running)[number]) => number) =>
    running.reduce((total, vm) => total + value(vm), 0);
  const meminfo = (await host.readFile("/proc/meminfo")) ?? "";
  return {
    processors: await processors(host),
    load: Number(((await host.readFile("/proc/loadavg")) ?? "0").split(" ")[0]),
    memoryMiB: memoryMiB(meminfo, "MemTotal") ?? 0,
    availableMiB: memoryMiB(meminfo, "MemAvailable") ?? 0,
    vms: {
      running: running.map(({ record }) => record.name),
      vcpus: sum(({ record }) => record.profile.vcpus),
      memoryMiB: sum(({ record }) => record.profile.memoryMiB),
      residentMiB: sum(({ residentMiB }) => residentMiB),
    },
  };
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
