import { TimeoutError } from "../errors.ts";
import type { Host } from "./host.ts";
import { happensWithin } from "./poll.ts";
import { isRunning, type ProcessIdentity, signalProcess } from "./process-identity.ts";

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
