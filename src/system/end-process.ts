import { TimeoutError } from "../errors.ts";
import type { Host } from "./host.ts";
import { happensWithin } from "./poll.ts";
import { isRunning, type ProcessIdentity, signalProcess } from "./process-identity.ts";

const TERM_TIMEOUT_MS = 2_000;
const KILL_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/**
 * Kills a process, and returns when it has ended.
 * @param what its name for the message: `leaf1`.
 * @throws TimeoutError when the kernel does not end it.
 */
export async function killProcess(host: Host, process: ProcessIdentity, what: string): Promise<void> {
  await signalProcess(host, process, "SIGKILL");
  if (!(await endsWithin(host, process, KILL_TIMEOUT_MS))) {
    const seen = `pid ${process.pid} was killed but still exists`;
    throw new TimeoutError(`the end of ${what}`, KILL_TIMEOUT_MS, seen);
  }
}

/** Reports whether a process ends within that time. */
export function endsWithin(host: Host, process: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  return happensWithin({ timeoutMs, intervalMs: POLL_MS }, async () => !(await isRunning(host, process)));
}

/**
 * Ends processes: with SIGTERM first, with SIGKILL if that does not help.
 * @param what their name for the message: `leaf1's BMC`.
 */
export async function endProcesses(
  host: Host,
  processes: readonly ProcessIdentity[],
  what: string,
): Promise<void> {
  await Promise.all(
    processes.map(async (process) => {
      await signalProcess(host, process, "SIGTERM");
      if (!(await endsWithin(host, process, TERM_TIMEOUT_MS))) {
        await killProcess(host, process, what);
      }
    }),
  );
}
