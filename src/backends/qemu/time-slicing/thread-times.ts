import type { Host } from "../../../system/host.ts";
import type { ThreadTimes } from "./plan.ts";

/**
 * How long a thread has run and waited so far; undefined where the kernel does not tell, or it has ended.
 * `/proc/PID/schedstat`, which takes a thread's ID as well: time on a processor and time in a run queue, in nanoseconds.
 */
export async function threadTimes(host: Host, threadId: number): Promise<ThreadTimes | undefined> {
  const text = await host.readFile(`/proc/${threadId}/schedstat`).catch(() => undefined);
  const [ranNs, waitedNs] = (text ?? "").split(" ").map(Number);
  return ranNs === undefined || waitedNs === undefined || Number.isNaN(ranNs + waitedNs)
    ? undefined
    : { ranNs, waitedNs };
}
