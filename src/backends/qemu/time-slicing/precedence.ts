import type { Host } from "../../../system/host.ts";

/** As much as bfdd has among namespaces; a program with the usual one gets a ninth as much processor time. */
const RAISED = -10;

/**
 * Gives these processes precedence over the host's other programs. An emulated VM that resumes and has to wait for a
 * processor is silent for its neighbors, but time slicing shares the processors among the VMs only. Without the right
 * to do so (an ordinary user has none), nothing changes.
 * @returns takes the precedence back; processes that have ended do not matter.
 */
export async function givePrecedence(host: Host, pids: readonly number[]): Promise<() => Promise<void>> {
  const usual = await nicenessOf(host, pids[0]);
  await renice(host, pids, RAISED);
  return () => renice(host, pids, usual);
}

/** Sets the niceness of all threads: to the kernel it is a thread's, not a process's. */
async function renice(host: Host, pids: readonly number[], niceness: number): Promise<void> {
  const threads = (await Promise.all(pids.map((pid) => host.list(`/proc/${pid}/task`)))).flat();
  if (threads.length > 0) {
    // 1: some have ended, or there is no right to do so.
    const command = { file: "renice", args: ["-n", String(niceness), "-p", ...threads] };
    await host.run(command, { okExitCodes: [1] });
  }
}

/** Reads `/proc/PID/stat`: the 19th field, of which the first two are the pid and a name that may hold anything. */
async function nicenessOf(host: Host, pid: number | undefined): Promise<number> {
  const stat = (await host.readFile(`/proc/${pid}/stat`).catch(() => undefined)) ?? "";
  const niceness = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19 - 3]);
  return Number.isInteger(niceness) ? niceness : 0;
}
