import { CommandError } from "../../errors.ts";
import { blackholeLine, removeQdiscLine } from "../../host/device-commands.ts";
import type { Host } from "../../system/host.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import { netnsPid } from "./process.ts";
import { readRecord } from "./record-file.ts";

/**
 * Stop everything in a netns, and let nothing into it: its kernel is the host's, and would go on forwarding. The
 * first process is stopped first, since it starts again what ends.
 * @throws CommandError where it is off.
 */
export async function freezeNetns(host: Host, folder: NetnsFolder): Promise<void> {
  const pid = await pidOf(host, folder);
  const ends = await hostEnds(host, folder);
  await host.kill(pid, "SIGSTOP");
  // At once, as a switch that stands still does neither from the same moment on.
  await Promise.all([tcBatch(host, ends.map(blackholeLine), []), signalAll(host, pid, "STOP")]);
}

export async function thawNetns(host: Host, folder: NetnsFolder): Promise<void> {
  const pid = await pidOf(host, folder);
  await signalAll(host, pid, "CONT");
  await host.kill(pid, "SIGCONT");
  // 1: some were not silent any more.
  await tcBatch(host, (await hostEnds(host, folder)).map(removeQdiscLine), [1]);
}

/** False also where it is off. */
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

/** All but the first process, to which no process of its own namespace can do that (pid_namespaces(7)). */
async function signalAll(host: Host, pid: number, signal: "STOP" | "CONT"): Promise<void> {
  // 1: there is none besides.
  await host.run(
    { file: "nsenter", args: [`--target=${pid}`, "--pid", "--", "sh", "-c", `kill -${signal} -1`] },
    { okExitCodes: [1] },
  );
}

/** The names of the host's ends of a node's ports. */
async function hostEnds(host: Host, folder: NetnsFolder): Promise<readonly string[]> {
  const record = await readRecord(host, folder);
  return (record?.ports ?? []).map(({ hostEnd }) => hostEnd.name);
}

async function tcBatch(host: Host, lines: readonly string[], okExitCodes: readonly number[]): Promise<void> {
  const force = okExitCodes.length > 0 ? ["-force"] : [];
  await host.run(
    { file: "tc", args: [...force, "-batch", "-"], input: lines.map((line) => `${line}\n`).join("") },
    { okExitCodes },
  );
}
