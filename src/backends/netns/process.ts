import { nodesFolder } from "../../nodes/run-paths.ts";
import type { Host } from "../../system/host.ts";
import { ownNetwork } from "../../system/own-network.ts";
import { identify, type ProcessIdentity, processFacts } from "../../system/process-identity.ts";
import { allProcesses, processArguments } from "../../system/processes.ts";
import { readStateText } from "../../system/state-file.ts";
import { FIRST_USER } from "./limits.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import { readRecord } from "./record-file.ts";

/** An argument of a netns's first process from its start, followed by network and folder. All builds use this value. */
const MARK = "ikvswitch-sandbox";

/** A running netns, identified by its first process; it ends with that process. */
export interface RunningNetns extends ProcessIdentity {
  /** Folder of the programs that started it. */
  readonly library: string;
  /** Folders of its cgroups. */
  readonly cgroups: readonly string[];
}

/**
 * Returns the netns of a node; undefined if it does not run. Relies on the launcher's record: pid and start time of its
 * first process. Root in the netns can't change these, although it can change that process's arguments.
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

/** Returns only the pid of its first process. */
export async function netnsPid(host: Host, folder: NetnsFolder): Promise<number | undefined> {
  return (await runningNetns(host, folder))?.pid;
}

/** For netns of earlier versions, which recorded no start time. */
async function isMarked(host: Host, pid: number, network: string, folder: string): Promise<boolean> {
  const [args, facts] = await Promise.all([processArguments(host, pid), processFacts(host, pid)]);
  const mark = markOf(args);
  return mark?.network === network && mark.folder === folder && isOfNetns(facts?.uid);
}

/**
 * Finds every process below this run directory that is a netns or is about to become one, by node name, with or without
 * a recorded pid. Reads all of /proc: for `up` and `down`, which must not miss a netns whose starter was killed during
 * the start. Until its pid is recorded it runs only our own programs, so its arguments can be trusted if its user can.
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

/** Accepts root, which sets up a netns, and the user IDs that exist only in netns. */
function isOfNetns(uid: number | undefined): boolean {
  return uid === 0 || (uid ?? 0) >= FIRST_USER;
}

function markOf(args: readonly string[]): { readonly network: string; readonly folder: string } | undefined {
  const at = args.indexOf(MARK);
  const [network, folder] = at < 0 ? [] : args.slice(at + 1);
  return network === undefined || folder === undefined ? undefined : { network, folder };
}
