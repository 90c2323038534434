import { setTimeout as sleep } from "node:timers/promises";
import { type Qmp, withQmp } from "../../../qemu/qmp.ts";
import type { Host } from "../../../system/host.ts";
import { settleAll } from "../../../system/settle-all.ts";
import { canAllRun, demandOf, planTimeSlices, smoothed, type ThreadTimes } from "./plan.ts";
import { threadTimes } from "./thread-times.ts";

export interface TimeSlicingOptions {
  /** Number of the host's processors. */
  readonly processors: number;
  readonly interrupted?: AbortSignal;
  /** Called with the progress. */
  readonly note: (text: string) => void;
}

/**
 * The time slice. In their own time, neighbors see a machine silent for no longer than that, however long the other
 * slices take. It must be well below BFD's 0.84 s, and well above the cost of resuming and pausing.
 */
const SLICE_MS = 100;
/**
 * Limit, in each machine's own time. Afterwards all run together in any case, because a busy host might never be ready.
 */
const LONGEST_MS = 4_000;
/** For the whole conversation with a machine, per machine in the rotation: several times the need. */
const QMP_TIMEOUT_MS = 30_000;

/**
 * Resumes paused machines, with time slicing as long as they would starve each other.
 *
 * A resumed emulated machine translates all its code again and needs a CPU of its own for a second or so. If many share
 * few CPUs, they answer each other too late and BFD and BGP sessions go down. A paused machine notices nothing: its
 * clock and timers stop, and frames for it wait in its taps. So all clocks advance at the same rate, slower than real
 * time, and each machine gets the CPU time it needs.
 * @param sockets QMP sockets of the machines.
 * @returns the least time that a machine had run when time slicing ended, in ms.
 * @throws InterruptedError, CommandError, TimeoutError; some machines may then be paused.
 */
export async function runSliced(
  host: Host,
  sockets: readonly string[],
  { processors, interrupted, note }: TimeSlicingOptions,
): Promise<number> {
  const timeoutMs = QMP_TIMEOUT_MS * sockets.length;
  return withEach(host, { sockets, timeoutMs }, async (monitors) => {
    const machines = await Promise.all(monitors.map((qmp) => machineOf(host, qmp)));
    const demands = machines.map(({ vcpus }) => vcpus);
    const ranMs = machines.map(() => 0);
    while (!canAllRun(demands, processors) && Math.min(...ranMs) < LONGEST_MS) {
      const groups = planTimeSlices(demands, processors);
      note(`in ${groups.length} time slices`);
      for (const group of groups) {
        interrupted?.throwIfAborted();
        const members = group.flatMap((at) => machines[at] ?? []);
        const { elapsedMs, wanted } = await runSlice(members);
        for (const [index, at] of group.entries()) {
          ranMs[at] = (ranMs[at] ?? 0) + elapsedMs;
          demands[at] = smoothed(demands[at] ?? 0, wanted[index] ?? 0);
        }
      }
    }
    await settleAll(machines.map(({ resume }) => resume()));
    return Math.min(...ranMs);
  });
}

interface Machine {
  readonly vcpus: number;
  readonly resume: () => Promise<unknown>;
  readonly pause: () => Promise<unknown>;
  readonly times: () => Promise<readonly ThreadTimes[]>;
}

async function machineOf(host: Host, qmp: Qmp): Promise<Machine> {
  const cpus = (await qmp.execute("query-cpus-fast")) as readonly { readonly "thread-id": number }[];
  return {
    vcpus: cpus.length,
    resume: () => qmp.execute("cont"),
    pause: () => qmp.execute("stop"),
    times: async () => {
      const found = await Promise.all(cpus.map((cpu) => threadTimes(host, cpu["thread-id"])));
      return found.flatMap((times) => times ?? []);
    },
  };
}

/**
 * Runs these machines for one slice. `wanted`: the processors that each demanded; all its virtual CPUs if the kernel
 * does not report the times.
 */
async function runSlice(
  machines: readonly Machine[],
): Promise<{ readonly elapsedMs: number; readonly wanted: readonly number[] }> {
  const before = await Promise.all(machines.map(({ times }) => times()));
  const startedMs = performance.now();
  await settleAll(machines.map(({ resume }) => resume()));
  await sleep(SLICE_MS);
  const elapsedMs = performance.now() - startedMs;
  const after = await Promise.all(machines.map(({ times }) => times()));
  await settleAll(machines.map(({ pause }) => pause()));
  const wanted = machines.map(({ vcpus }, at) => {
    const times = after[at] ?? [];
    return times.length === 0 ? vcpus : demandOf(before[at] ?? [], times, elapsedMs);
  });
  return { elapsedMs, wanted };
}

/** Keeps one QMP connection to each machine open: reconnecting for every slice would cost more than the slices. */
function withEach<T>(
  host: Host,
  { sockets, timeoutMs }: { readonly sockets: readonly string[]; readonly timeoutMs: number },
  work: (monitors: readonly Qmp[]) => Promise<T>,
  monitors: readonly Qmp[] = [],
): Promise<T> {
  const [socket, ...others] = sockets;
  return socket === undefined
    ? work(monitors)
    : withQmp(host, { socket, timeoutMs }, (qmp) =>
        withEach(host, { sockets: others, timeoutMs }, work, [...monitors, qmp]),
      );
}
