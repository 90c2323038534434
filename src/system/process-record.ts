import type { Host } from "./host.ts";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";
import { readStateText } from "./state-file.ts";

/**
 * Records the process that was started for the purpose of the file's folder. The folder belongs to root, so that the
 * process itself can't change the record. Nothing is written if the process has ended.
 */
export async function recordProcess(host: Host, path: string, pid: number): Promise<void> {
  const identity = await identify(host, pid);
  if (identity !== undefined) {
    await host.writeFile(path, `${identity.pid} ${identity.startTicks}\n`, 0o600);
  }
}

/** Returns the recorded process; undefined if there is no record, or the process has ended. */
export async function recordedProcess(host: Host, path: string): Promise<ProcessIdentity | undefined> {
  const [pid = Number.NaN, startTicks = Number.NaN] = ((await readStateText(host, path)) ?? "")
    .trim()
    .split(" ")
    .map(Number);
  const identity = { pid, startTicks };
  return Number.isInteger(pid) && pid > 0 && (await isRunning(host, identity)) ? identity : undefined;
}
