import type { Host } from "./host.ts";

/** A unique process: the kernel reuses a pid later, but never with the same start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in ticks since boot. */
  readonly startTicks: number;
}

/** Facts about a process from the kernel, which the process itself can't change. */
export interface ProcessFacts extends ProcessIdentity {
  /** Real user and group. */
  readonly uid: number;
  readonly gid: number;
}

/** Returns the process that has this pid now; undefined if there is none, or it is a zombie. */
export async function identify(host: Host, pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readProcess(host, pid, "stat");
  // The program's name is in parentheses and may hold anything. The state follows; field 22 is the start time (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const startTicks = Number(fields[START_TIME]);
  return stat === "" || ENDED.includes(fields[0] ?? "") || !Number.isInteger(startTicks)
    ? undefined
    : { pid, startTicks };
}

export async function isRunning(host: Host, { pid, startTicks }: ProcessIdentity): Promise<boolean> {
  return (await identify(host, pid))?.startTicks === startTicks;
}

/** Sends a signal. False if the process has ended. */
export async function signalProcess(
  host: Host,
  process: ProcessIdentity,
  signal: NodeJS.Signals,
): Promise<boolean> {
  return (await isRunning(host, process)) && (await host.kill(process.pid, signal));
}

export async function processFacts(host: Host, pid: number): Promise<ProcessFacts | undefined> {
  const [identity, status] = await Promise.all([identify(host, pid), readProcess(host, pid, "status")]);
  const id = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? Number.NaN);
  const [uid, gid] = [id("Uid"), id("Gid")];
  return identity === undefined || Number.isNaN(uid) || Number.isNaN(gid)
    ? undefined
    : { ...identity, uid, gid };
}

/** Index of the start time, counted from the state. */
const START_TIME = 22 - 3;
/** States of an ended process: zombie and dead. */
const ENDED = ["Z", "X", "x"];

async function readProcess(host: Host, pid: number, name: string): Promise<string> {
  try {
    return (await host.readFile(`/proc/${pid}/${name}`)) ?? "";
  } catch {
    // It ended while being read (ESRCH).
    return "";
  }
}
