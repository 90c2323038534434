import type { Host } from "../../system/host.ts";
import { allProcesses, processArguments } from "../../system/processes.ts";
import { nodesFolder } from "../qemu/paths.ts";
import type { SandboxPaths } from "./paths.ts";
import { readRecord } from "./record.ts";

/** What stands in the arguments of a sandbox's first process, from its first moment on; network and folder follow. */
const MARK = "ikvswitch-sandbox";

/** The pid of the first process of the node's sandbox, or undefined when it does not run. */
export async function sandboxPid(host: Host, paths: SandboxPaths): Promise<number | undefined> {
  const [text, record] = await Promise.all([host.readFile(paths.pid), readRecord(host, paths)]);
  const pid = Number(text?.trim());
  if (record === undefined || !Number.isInteger(pid) || pid <= 0) {
    return undefined;
  }
  return (await isSandbox(host, pid, record.network, paths.folder)) ? pid : undefined;
}

/**
 * Whether this process is one of the sandbox of that folder, in that network. A pid alone proves nothing: pids are
 * used again. A process that has ended has no arguments.
 */
export async function isSandbox(host: Host, pid: number, network: string, folder: string): Promise<boolean> {
  const mark = markOf(await processArguments(host, pid));
  return mark?.network === network && mark.folder === folder;
}

/**
 * Every process that is or is about to become a sandbox below this run directory, by node name, whether its pid was
 * written down or not. Reads all of /proc: for `up` and `down`, which must not miss one that was being started when
 * its starter was killed.
 */
export async function findSandboxes(
  host: Host,
  runDir: string,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const start = `${nodesFolder(runDir)}/`;
  const marked = (await allProcesses(host)).flatMap(({ pid, args }) => {
    const mark = markOf(args);
    return mark?.folder.startsWith(start) ? [{ pid, ...mark }] : [];
  });
  const found = new Map<string, number[]>();
  const network = marked.length === 0 ? "" : await ownNetwork(host);
  for (const mark of marked.filter((candidate) => candidate.network === network)) {
    const name = mark.folder.slice(start.length);
    found.set(name, [...(found.get(name) ?? []), mark.pid]);
  }
  return found;
}

/** Inode of the network namespace that we are in (namespaces(7)). */
export async function ownNetwork(host: Host): Promise<string> {
  const { stdout } = await host.run({
    file: "stat",
    args: ["--dereference", "--format=%i", "/proc/self/ns/net"],
  });
  return stdout.trim();
}

function markOf(args: readonly string[]): { readonly network: string; readonly folder: string } | undefined {
  const at = args.indexOf(MARK);
  const [network, folder] = at < 0 ? [] : args.slice(at + 1);
  return network === undefined || folder === undefined ? undefined : { network, folder };
}
