import type { Host } from "../../../system/host.ts";
import type { ThreadTimes } from "./plan.ts";

/**
 * Reads how long a thread has run and waited so far; undefined if the kernel does not report it, or the thread has
 * ended. The source is `/proc/PID/schedstat`, which also accepts a thread's ID: time on a processor and time in a run
 * queue, in nanoseconds.
 */
export async function threadTimes(host: Host, threadId: number): Promise<ThreadTimes | undefined> {
  const text = await host.readFile(`/proc/${threadId}/schedstat`).catch(() => undefined);
  const [ranNs, waitedNs] = (text ?? "").split(" ").map(Number);
  return ranNs === undefined || waitedNs === undefined || Number.isNaN(ranNs + waitedNs)
    ? undefined
    : { ranNs, waitedNs };
}
