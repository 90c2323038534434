import type { Host } from "../host.ts";
import { OURS } from "./groups.ts";
import { findHierarchies } from "./hierarchies.ts";

/** Limits of a cgroup as the kernel tells them; null: none. */
export interface LimitsInForce {
  readonly memoryMiB: number | null;
  /** Processor time, in processors. */
  readonly vcpus: number | null;
  /** Processes and threads. */
  readonly tasks: number | null;
}

/** Returns the limits of one of a fabric's cgroups, in all hierarchies together. */
export async function readLimits(host: Host, fabric: string, name: string): Promise<LimitsInForce> {
  const found = await Promise.all(
    (await findHierarchies(host)).map(({ folder, version }) => {
      const read = (file: string) => numbersIn(host, `${folder}/${OURS}/${fabric}/${name}/${file}`);
      return version === 2
        ? Promise.all([read("memory.max"), read("cpu.max"), read("pids.max")])
        : Promise.all([
            read("memory.limit_in_bytes"),
            Promise.all([read("cpu.cfs_quota_us"), read("cpu.cfs_period_us")]).then((parts) => parts.flat()),
            read("pids.max"),
          ]);
    }),
  );
  const first = (numbers: readonly (readonly number[])[]) => numbers.find(([limit]) => limit !== undefined);
  const [bytes] = first(found.map(([memory]) => memory)) ?? [];
  const [quota, period] = first(found.map(([, cpu]) => cpu)) ?? [];
  const [tasks] = first(found.map(([, , pids]) => pids)) ?? [];
  return {
    memoryMiB: bytes === undefined ? null : Math.round(bytes / (1024 * 1024)),
    vcpus: quota === undefined || period === undefined ? null : quota / period,
    tasks: tasks ?? null,
  };
}

/** Where version 2 has the word `max`, version 1 has more bytes than this, or -1. */
const MOST = 2 ** 62;

/** Returns the limits in a file of a cgroup: none if it does not exist or says that there is none. */
async function numbersIn(host: Host, path: string): Promise<readonly number[]> {
  const words = ((await host.readFile(path)) ?? "max").trim().split(" ");
  const numbers = words.map(Number);
  return numbers.every((number) => number >= 0 && number < MOST) ? numbers : [];
}
