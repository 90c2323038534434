import type { Host } from "./host.ts";
import { type ProcessFacts, processFacts } from "./process-identity.ts";

export interface RunningProcess {
  readonly pid: number;
  /** Its command line; empty where it has ended meanwhile. */
  readonly args: readonly string[];
}

/** A process that is ours by the kernel's facts about it. */
export type FoundProcess = RunningProcess & ProcessFacts;

/**
 * Finds the processes in our own network namespace whose command line matches, and that belong to root or to this
 * group: anyone can give a process any command line. Reads all of /proc, so that processes without a recorded pid are
 * found, too. Other namespaces may run an emulator of their own, whose processes look the same.
 * @param group undefined: any group, except those of the host's ordinary users.
 */
export async function findProcesses(
  host: Host,
  isWanted: (args: readonly string[]) => boolean,
  group: number | undefined,
): Promise<readonly FoundProcess[]> {
  const wanted = (await allProcesses(host)).filter(({ args }) => isWanted(args));
  const known = await Promise.all(
    wanted.map(async (process) => {
      const facts = await processFacts(host, process.pid);
      return facts !== undefined && isTrusted(facts, group) ? [{ ...process, ...facts }] : [];
    }),
  );
  return known.flat().length === 0 ? [] : inOurNetwork(host, known.flat());
}

/** Reports whether a process belongs to root or to this group, by facts that it can't change. */
export function isTrusted({ uid, gid }: ProcessFacts, group: number | undefined): boolean {
  return uid === 0 || (group === undefined ? uid < FIRST_ORDINARY_USER : gid === group);
}

/** First id of an ordinary user: Debian gives lower ones to root and its services (Debian Policy, 9.2.2). */
const FIRST_ORDINARY_USER = 1000;

/** Returns every process, of all network namespaces. */
export async function allProcesses(host: Host): Promise<readonly RunningProcess[]> {
  const pids = (await host.list("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(pids.map(async (pid) => ({ pid, args: await processArguments(host, pid) })));
}

/** Returns the process's command line; empty if there is no such process. */
export async function processArguments(host: Host, pid: number): Promise<readonly string[]> {
  try {
    return ((await host.readFile(`/proc/${pid}/cmdline`)) ?? "").split("\0");
  } catch {
    // It ended while being read (ESRCH).
    return [];
  }
}

/**
 * Filters by network namespace. A namespace is identified by its inode, the target of the links in /proc/PID/ns
 * (namespaces(7)).
 */
async function inOurNetwork(
  host: Host,
  processes: readonly FoundProcess[],
): Promise<readonly FoundProcess[]> {
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

/** Returns the age of the process in seconds; undefined if it has ended. */
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
