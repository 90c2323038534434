import { nodesFolder } from "../../nodes/run-paths.ts";
import type { Host } from "../../system/host.ts";
import { type ProcessIdentity, processFacts } from "../../system/process-identity.ts";
import { recordedProcess } from "../../system/process-record.ts";
import { findProcesses, isTrusted, processArguments } from "../../system/processes.ts";
import { type NodeFolder, nodeFolder, nodeFolders } from "./node-folder.ts";
import { readUsersFile } from "./users-file.ts";

/**
 * The process of the node's machine, or undefined when it does not run: the one that root wrote down, whatever it calls
 * itself, or else the one whose pid QEMU wrote down, if that is of the emulator's group and was told to write it there. So
 * it is after the machine's BMC, which is not root, has started it.
 */
export async function machineProcess(host: Host, folder: NodeFolder): Promise<ProcessIdentity | undefined> {
  const recorded = await recordedProcess(host, folder.process).catch(() => undefined);
  if (recorded !== undefined) {
    return recorded;
  }
  const pid = Number((await readUsersFile(host, folder.pid))?.trim());
  if (!Number.isInteger(pid) || pid <= 0) {
    return undefined;
  }
  const [args, facts, status] = await Promise.all([
    processArguments(host, pid),
    processFacts(host, pid),
    host.stat(folder.path),
  ]);
  const isMachine = args.some((argument, index) => argument === folder.pid && args[index - 1] === "-pidfile");
  return isMachine && facts !== undefined && isTrusted(facts, status?.gid)
    ? { pid: facts.pid, startTicks: facts.startTicks }
    : undefined;
}

/** Its pid alone. */
export async function machinePid(host: Host, folder: NodeFolder): Promise<number | undefined> {
  return (await machineProcess(host, folder))?.pid;
}

/**
 * Every machine that runs below this run directory, by node name, whether its pid file was written or lost.
 * Reads all of /proc: for `up` and `down`, which must not miss one that was being started when we were killed.
 */
export async function findMachines(
  host: Host,
  runDir: string,
): Promise<ReadonlyMap<string, readonly ProcessIdentity[]>> {
  const folders = await nodeFolders(host, runDir);
  const [recorded, groups] = await Promise.all([
    Promise.all(
      folders.map(async ({ name, process }) => [name, await recordedProcess(host, process)] as const),
    ),
    Promise.all(folders.map(async ({ path }) => (await host.stat(path))?.gid)),
  ]);
  // All have the emulator's group; those of namespaces have root's.
  const group = groups.find((gid) => gid !== undefined && gid !== 0);
  const marked = await findProcesses(host, (args) => nodeNameIn(args, runDir) !== undefined, group);
  const all = [
    ...recorded,
    ...marked.map((process) => [nodeNameIn(process.args, runDir) ?? "", process] as const),
  ];
  const found = new Map<string, ReadonlyMap<number, ProcessIdentity>>();
  for (const [name, process] of all) {
    if (process !== undefined) {
      const { pid, startTicks } = process;
      found.set(name, new Map([...(found.get(name) ?? []), [pid, { pid, startTicks }]]));
    }
  }
  return new Map([...found].map(([name, processes]) => [name, [...processes.values()]]));
}

/** A machine that nobody wrote down is known by nothing but its own command line. */
function nodeNameIn(args: readonly string[], runDir: string): string | undefined {
  const prefix = `${nodesFolder(runDir)}/`;
  const pidFile = args[args.indexOf("-pidfile") + 1] ?? "";
  const name = pidFile.slice(prefix.length).split("/")[0] ?? "";
  return pidFile.startsWith(prefix) && pidFile === nodeFolder(runDir, name).pid ? name : undefined;
}
