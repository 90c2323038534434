import type { Host } from "./host.ts";

export interface RunningProcess {
  readonly pid: number;
  /** Its command line; empty where it has ended meanwhile. */
  readonly args: readonly string[];
}

/**
 * The processes in our own network namespace whose command line is as asked. Reads all of /proc, so that none is
 * missed whose pid was never written down. Other namespaces may have an emulator of their own, whose processes look
 * just the same.
 */
export async function findProcesses(
  host: Host,
  isWanted: (args: readonly string[]) => boolean,
): Promise<readonly RunningProcess[]> {
  const wanted = (await allProcesses(host)).filter(({ args }) => isWanted(args));
  return wanted.length === 0 ? [] : inOurNetwork(host, wanted);
}

/** Every process, of all network namespaces. */
export async function allProcesses(host: Host): Promise<readonly RunningProcess[]> {
  const pids = (await host.list("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(pids.map(async (pid) => ({ pid, args: await processArguments(host, pid) })));
}

/** The process's command line; empty where there is no such process. */
export async function processArguments(host: Host, pid: number): Promise<readonly string[]> {
  try {
    return ((await host.readFile(`/proc/${pid}/cmdline`)) ?? "").split("\0");
  } catch {
    // It ended while being read (ESRCH).
    return [];
  }
}

/** A namespace is told by its inode, which is what the links in /proc/PID/ns lead to (namespaces(7)). */
async function inOurNetwork(
  host: Host,
  processes: readonly RunningProcess[],
): Promise<readonly RunningProcess[]> {
  const link = (pid: number | "self") => `/proc/${pid}/ns/net`;
  const { stdout } = await host.run(
    {
      file: "stat",
      args: ["--dereference", "--format=%n %i", link("self"), ...processes.map(({ pid }) => link(pid))],
    },
    // 1: one of them has ended.
    { okExitCodes: [1] },
  );
  const inodes = new Map(stdout.split("\n").map((line) => line.split(" ") as [string, string | undefined]));
  return processes.filter(({ pid }) => inodes.get(link(pid)) === inodes.get(link("self")));
}

/** When the process started, in seconds before now; undefined when it has ended. */
export async function processAgeSeconds(host: Host, pid: number): Promise<number | undefined> {
  const [stat, uptime] = await Promise.all([
    host.readFile(`/proc/${pid}/stat`),
    host.readFile("/proc/uptime"),
  ]);
  // The program's name is in parentheses and may hold anything; start time is field 22, in ticks (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const startTicks = Number(fields?.[19]);
  return Number.isNaN(startTicks) ? undefined : Number(uptime?.split(" ")[0]) - startTicks / TICKS_PER_SECOND;
}

/** USER_HZ is 100 on every architecture that Debian has switches for. */
const TICKS_PER_SECOND = 100;
