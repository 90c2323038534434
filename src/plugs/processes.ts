import type { Host } from "../system/host.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { recordedProcess } from "../system/process-record.ts";
import { findProcesses } from "../system/processes.ts";
import { plugPaths } from "./paths.ts";

/** Finds the processes of the sockets: the one that waits, and one for each socket in use. */
export async function findPlugProcesses(host: Host, runDir: string): Promise<readonly ProcessIdentity[]> {
  const { folder, process, list } = plugPaths(runDir);
  const group = (await host.stat(folder))?.gid;
  const [recorded, found] = await Promise.all([
    recordedProcess(host, process),
    findProcesses(host, (args) => args.includes(list), group),
  ]);
  const all = [...(recorded === undefined ? [] : [recorded]), ...found];
  return [...new Map(all.map(({ pid, startTicks }) => [pid, { pid, startTicks }])).values()];
}
