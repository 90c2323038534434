import type { Host } from "../../system/host.ts";
import { findProcesses, processArguments } from "../../system/processes.ts";
import { type NodePaths, nodePaths, nodesFolder } from "./paths.ts";
import { readUsersFile } from "./users-file.ts";

/** The pid of the node's machine, or undefined when it does not run. */
export async function machinePid(host: Host, paths: NodePaths): Promise<number | undefined> {
  const pid = Number((await readUsersFile(host, paths.pid))?.trim());
  return Number.isInteger(pid) && pid > 0 && (await isMachine(host, pid, paths)) ? pid : undefined;
}

/**
 * Whether this process is the node's machine. A pid alone proves nothing: pids are used again. The pid file's
 * path in a process's arguments does, and a process that ended has none.
 */
export async function isMachine(host: Host, pid: number, paths: NodePaths): Promise<boolean> {
  return (await processArguments(host, pid)).some(
    (argument, index, all) => argument === paths.pid && all[index - 1] === "-pidfile",
  );
}

/**
 * Every machine that runs below this run directory, by node name, whether its pid file was written or lost.
 * Reads all of /proc: for `up` and `down`, which must not miss one that was being started when we were killed.
 */
export async function findMachines(
  host: Host,
  runDir: string,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  const prefix = `${nodesFolder(runDir)}/`;
  const nodeName = (args: readonly string[]) => {
    const pidFile = args[args.indexOf("-pidfile") + 1] ?? "";
    const name = pidFile.slice(prefix.length).split("/")[0] ?? "";
    return pidFile.startsWith(prefix) && pidFile === nodePaths(runDir, name).pid ? name : undefined;
  };
  for (const { pid, args } of await findProcesses(host, (args) => nodeName(args) !== undefined)) {
    const name = nodeName(args) ?? "";
    found.set(name, [...(found.get(name) ?? []), pid]);
  }
  return found;
}
