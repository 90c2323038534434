import { nodesFolder } from "../../nodes/run-paths.ts";
import { emulatorProcess } from "../../qemu/power.ts";
import type { Host } from "../../system/host.ts";
import type { ProcessIdentity } from "../../system/process-identity.ts";
import { recordedProcess } from "../../system/process-record.ts";
import { findProcesses } from "../../system/processes.ts";
import { type NodeFolder, nodeFolder, nodeFolders } from "./node-folder.ts";

/** Returns the pid of the node's VM, or undefined if it does not run. */
export async function machinePid(host: Host, folder: NodeFolder): Promise<number | undefined> {
  return (await emulatorProcess(host, folder))?.pid;
}

/**
 * Finds every VM that runs below this run directory, by node name, even if its pid file was lost or never written.
 * Reads all of /proc: for `up` and `down`, which must not miss a VM whose starter was killed during the start.
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
  // All folders of VMs have the emulator's group; those of namespaces have root's.
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

/** Identifies an unrecorded VM, for which only its command line is known. */
function nodeNameIn(args: readonly string[], runDir: string): string | undefined {
  const prefix = `${nodesFolder(runDir)}/`;
  const pidFile = args[args.indexOf("-pidfile") + 1] ?? "";
  const name = pidFile.slice(prefix.length).split("/")[0] ?? "";
  return pidFile.startsWith(prefix) && pidFile === nodeFolder(runDir, name).pid ? name : undefined;
}
