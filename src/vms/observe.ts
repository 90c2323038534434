import { setTimeout as pause } from "node:timers/promises";
import type { PositionReport } from "../ports/report.ts";
import { emulatorProcess } from "../qemu/power.ts";
import type { Host } from "../system/host.ts";
import { processAgeSeconds } from "../system/processes.ts";
import { type VmPlace, vmFolder, vmNames } from "./folder.ts";
import { processUse } from "./process-use.ts";
import { readRecord, type VmRecord } from "./record.ts";

/** A VM as `vm ls` shows it. What only its record tells is null if that is damaged. */
export interface VmReport {
  readonly name: string;
  readonly rack: number | null;
  readonly position: number | null;
  readonly profile: string | null;
  /** `damaged`: its record can't be read. */
  readonly state: "running" | "off" | "damaged";
  readonly vcpus: number | null;
  readonly memoryMiB: number | null;
  /** Processor time in use, in percent of one processor; null if it is off. */
  readonly cpuPercent: number | null;
  /** Memory in use of the host; null if it is off. */
  readonly residentMiB: number | null;
  readonly uptimeSeconds: number | null;
  /** Address that its leaf's DHCP server gave it. */
  readonly leased: string | null;
  /** Address that it announces, by its record. */
  readonly announced: string | null;
  readonly asn: number | null;
  /** Leaves with which it has an established BGP session. */
  readonly sessions: readonly string[];
}

/** A VM's record; null if it is damaged. */
export interface FoundVm {
  readonly name: string;
  readonly record: VmRecord | null;
}

/** Returns all VMs, sorted by name. A folder without a record is none: its `vm create` was interrupted. */
export async function findVms(host: Host, place: VmPlace): Promise<readonly FoundVm[]> {
  const names = await vmNames(host, place.stateDir);
  const files = await Promise.all(names.map((name) => readRecord(host, vmFolder(place, name))));
  return names.flatMap((name, index): FoundVm[] => {
    const file = files[index];
    return file === undefined || file.kind === "none"
      ? []
      : [{ name, record: file.kind === "whole" ? file.document : null }];
  });
}

/** Reports for each of these VMs whether it runs. */
export function areRunning(
  host: Host,
  place: VmPlace,
  vms: readonly { readonly name: string }[],
): Promise<readonly boolean[]> {
  return Promise.all(
    vms.map(async ({ name }) => (await emulatorProcess(host, vmFolder(place, name))) !== undefined),
  );
}

/** A VM as `status` shows it. */
export type VmState = Pick<VmReport, "name" | "rack" | "position" | "profile" | "state">;

/** Returns all VMs with their states, without querying any switch. */
export async function vmStates(host: Host, place: VmPlace): Promise<readonly VmState[]> {
  const vms = await findVms(host, place);
  const running = await areRunning(host, place, vms);
  return vms.map(({ name, record }, index): VmState => {
    if (record === null) {
      return { name, rack: null, position: null, profile: null, state: "damaged" };
    }
    const { rack, position, profile } = record;
    return { name, rack, position, profile: profile.name, state: running[index] ? "running" : "off" };
  });
}

const SAMPLE_MS = 300;

/**
 * Observes VMs.
 * @param positions what the leaves know, of `observePositions`.
 */
export async function observeVms(
  host: Host,
  place: VmPlace,
  vms: readonly FoundVm[],
  positions: readonly PositionReport[],
): Promise<readonly VmReport[]> {
  const pids = await Promise.all(
    vms.map(async ({ name }) => (await emulatorProcess(host, vmFolder(place, name)))?.pid),
  );
  const before = await Promise.all(pids.map((pid) => processUse(host, pid)));
  await pause(pids.some((pid) => pid !== undefined) ? SAMPLE_MS : 0);
  const after = await Promise.all(pids.map((pid) => processUse(host, pid)));
  const ages = await Promise.all(
    pids.map((pid) => (pid === undefined ? undefined : processAgeSeconds(host, pid))),
  );
  return vms.map(({ name, record }, index) => {
    const [first, last, age] = [before[index], after[index], ages[index]];
    const use =
      first === undefined || last === undefined || age === undefined
        ? { cpuPercent: null, residentMiB: null, uptimeSeconds: null }
        : {
            cpuPercent: Math.round(((last.cpuMs - first.cpuMs) / (last.atMs - first.atMs)) * 100),
            residentMiB: last.residentMiB,
            uptimeSeconds: Math.round(age),
          };
    return record === null ? damaged(name) : report(record, use, positions);
  });
}

function report(
  { name, rack, position, profile, announced }: VmRecord,
  use: Pick<VmReport, "cpuPercent" | "residentMiB" | "uptimeSeconds">,
  positions: readonly PositionReport[],
): VmReport {
  const nics = positions.find((one) => one.rack === rack && one.position === position)?.nics ?? [];
  const running = use.uptimeSeconds !== null;
  return {
    ...{ name, rack, position, profile: profile.name, state: running ? "running" : "off" },
    ...{ vcpus: profile.vcpus, memoryMiB: profile.memoryMiB, ...use },
    leased: running ? (nics.find(({ lease }) => lease !== null)?.lease?.address ?? null) : null,
    announced: announced?.address ?? null,
    asn: announced?.asn ?? null,
    sessions: nics.flatMap(({ leaf, session }) => (session?.state === "Established" ? [leaf] : [])),
  };
}

function damaged(name: string): VmReport {
  return {
    ...{ name, rack: null, position: null, profile: null, state: "damaged", vcpus: null, memoryMiB: null },
    ...{ cpuPercent: null, residentMiB: null, uptimeSeconds: null },
    ...{ leased: null, announced: null, asn: null, sessions: [] },
  };
}
