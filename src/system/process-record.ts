import type { Host } from "./host.ts";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";
import { readStateText } from "./state-file.ts";

/**
 * Write down which process was started for what the file's folder is for. The folder is root's, so that whoever is in
 * the process has no say in it. Nothing is written where the process has ended.
 */
export async function recordProcess(host: Host, path: string, pid: number): Promise<void> {
  const identity = await identify(host, pid);
  if (identity !== undefined) {
    await host.writeFile(path, `${identity.pid} ${identity.startTicks}\n`, 0o600);
  }
}

/** The process that was written down; undefined where none was, or it has ended. */
export async function recordedProcess(host: Host, path: string): Promise<ProcessIdentity | undefined> {
  const [pid = Number.NaN, startTicks = Number.NaN] = ((await readStateText(host, path)) ?? "")
    .trim()
    .split(" ")
    .map(Number);
  const identity = { pid, startTicks };
  return Number.isInteger(pid) && pid > 0 && (await isRunning(host, identity)) ? identity : undefined;
}
