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
  const pids = (await host.list("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(pids.map(async (pid) => ({ pid, args: await processArguments(host, pid) })));
  const wanted = all.filter(({ args }) => isWanted(args));
  return wanted.length === 0 ? [] : inOurNetwork(host, wanted);
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
