import { nodesFolder } from "../../nodes/run-paths.ts";
import type { Host } from "../../system/host.ts";
import { identify, type ProcessIdentity, processFacts } from "../../system/process-identity.ts";
import { allProcesses, processArguments } from "../../system/processes.ts";
import { readStateText } from "../../system/state-file.ts";
import { FIRST_USER } from "./limits.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import { readRecord } from "./record-file.ts";

/** An argument of a netns's first process from its first moment on, before network and folder. All builds have this one. */
const MARK = "ikvswitch-sandbox";

/** A netns that runs: its first process, which it ends with. */
export interface RunningNetns extends ProcessIdentity {
  /** Folder of the programs that started it. */
  readonly library: string;
  /** Folders of the cgroups that it is in. */
  readonly cgroups: readonly string[];
}

/**
 * The netns of a node; undefined when it does not run. Goes by what its launcher wrote down: pid and start time of
 * its first process, which root in there can't change, whatever else it does to that.
 */
export async function runningNetns(host: Host, folder: NetnsFolder): Promise<RunningNetns | undefined> {
  const [text, record] = await Promise.all([readStateText(host, folder.pid), readRecord(host, folder)]);
  const [pid = Number.NaN, startTicks] = (text ?? "").trim().split(" ").map(Number);
  if (record === undefined || !Number.isInteger(pid) || pid <= 0) {
    return undefined;
  }
  const process = await identify(host, pid);
  const isSame =
    startTicks === undefined
      ? await isMarked(host, pid, record.network, folder.path)
      : process?.startTicks === startTicks;
  return process === undefined || !isSame
    ? undefined
    : { ...process, library: record.library, cgroups: record.cgroups ?? [] };
}

/** Its first process alone. */
export async function netnsPid(host: Host, folder: NetnsFolder): Promise<number | undefined> {
  return (await runningNetns(host, folder))?.pid;
}

/** Earlier versions wrote no start time down. */
async function isMarked(host: Host, pid: number, network: string, folder: string): Promise<boolean> {
  const [args, facts] = await Promise.all([processArguments(host, pid), processFacts(host, pid)]);
  const mark = markOf(args);
  return mark?.network === network && mark.folder === folder && isOfNetns(facts?.uid);
}

/**
 * Every process that is or is about to become a netns below this run directory, by node name, whether its pid was
 * written down or not. Reads all of /proc: for `up` and `down`, which must not miss one that was being started when
 * its starter was killed. Until then it runs nobody's programs but ours, so its arguments count, if its user does.
 */
export async function findNetns(
  host: Host,
  runDir: string,
): Promise<ReadonlyMap<string, readonly ProcessIdentity[]>> {
  const start = `${nodesFolder(runDir)}/`;
  const marked = (await allProcesses(host)).flatMap(({ pid, args }) => {
    const mark = markOf(args);
    return mark?.folder.startsWith(start) ? [{ pid, ...mark }] : [];
  });
  const found = new Map<string, ProcessIdentity[]>();
  const network = marked.length === 0 ? "" : await ownNetwork(host);
  for (const mark of marked.filter((candidate) => candidate.network === network)) {
    const facts = await processFacts(host, mark.pid);
    if (facts !== undefined && isOfNetns(facts.uid)) {
      const name = mark.folder.slice(start.length);
      found.set(name, [...(found.get(name) ?? []), facts]);
    }
  }
  return found;
}

/** Root, while it makes a netns, and those that nobody is outside of netns. */
function isOfNetns(uid: number | undefined): boolean {
  return uid === 0 || (uid ?? 0) >= FIRST_USER;
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
