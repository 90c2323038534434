import { CommandError } from "../../errors.ts";
import { blackholeLine, removeQdiscLine } from "../../host/device-commands.ts";
import type { Host } from "../../system/host.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import { hostEndNames } from "./netns-ports.ts";
import { netnsPid } from "./process.ts";
import { readRecord } from "./record-file.ts";

/**
 * Stops all processes in a netns and blackholes its links: its kernel is the host's, which would continue to forward.
 * Stops the first process first, because it restarts processes that end.
 * @throws CommandError if it is off.
 */
export async function freezeNetns(host: Host, folder: NetnsFolder): Promise<void> {
  const pid = await pidOf(host, folder);
  const ends = await hostEnds(host, folder);
  await host.kill(pid, "SIGSTOP");
  // Both in parallel: a paused switch stops forwarding and answering at the same moment.
  await Promise.all([tcBatch(host, ends.map(blackholeLine), []), signalAll(host, pid, "STOP")]);
}

export async function thawNetns(host: Host, folder: NetnsFolder): Promise<void> {
  const pid = await pidOf(host, folder);
  await signalAll(host, pid, "CONT");
  await host.kill(pid, "SIGCONT");
  // 1: some links were no longer blackholed.
  await tcBatch(host, (await hostEnds(host, folder)).map(removeQdiscLine), [1]);
}

/** Reports whether it is frozen. False also if it is off. */
export async function isNetnsFrozen(host: Host, folder: NetnsFolder): Promise<boolean> {
  const pid = await netnsPid(host, folder);
  const stat =
    pid === undefined ? undefined : await host.readFile(`/proc/${pid}/stat`).catch(() => undefined);
  // The program's name is in parentheses and may hold anything; then comes the state (proc(5)).
  return stat?.slice(stat.lastIndexOf(")") + 2).startsWith("T") === true;
}

async function pidOf(host: Host, folder: NetnsFolder): Promise<number> {
  const pid = await netnsPid(host, folder);
  if (pid === undefined) {
    throw new CommandError(`freeze or thaw ${folder.name}`, undefined, `${folder.name} is off`);
  }
  return pid;
}

/** Signals all processes except the first one, which no process of its own namespace can stop (pid_namespaces(7)). */
async function signalAll(host: Host, pid: number, signal: "STOP" | "CONT"): Promise<void> {
  // 1: there are no other processes.
  await host.run(
    { file: "nsenter", args: [`--target=${pid}`, "--pid", "--", "sh", "-c", `kill -${signal} -1`] },
    { okExitCodes: [1] },
  );
}

/** Returns the names of the host's ends of a node's ports. */
async function hostEnds(host: Host, folder: NetnsFolder): Promise<readonly string[]> {
  const record = await readRecord(host, folder);
  return hostEndNames(record?.ports ?? []);
}

async function tcBatch(host: Host, lines: readonly string[], okExitCodes: readonly number[]): Promise<void> {
  const force = okExitCodes.length > 0 ? ["-force"] : [];
  await host.run(
    { file: "tc", args: [...force, "-batch", "-"], input: lines.map((line) => `${line}\n`).join("") },
    { okExitCodes },
  );
}
