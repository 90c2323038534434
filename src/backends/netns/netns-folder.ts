import { logsOf } from "../../nodes/log-folder.ts";
import { appliedPath, nodesFolder } from "../../nodes/run-paths.ts";
import type { Host } from "../../system/host.ts";

/** The name and paths of a node's netns. All files belong to root, and none is visible inside the netns. */
export interface NetnsFolder {
  readonly name: string;
  readonly path: string;
  /** Launch settings: a NetnsRecord. */
  readonly record: string;
  /** The archive of the node's files from which it starts. */
  readonly archive: string;
  /** Digests of the files that it started with or received since. */
  readonly applied: string;
  /** Pid of its first process, in the host's pid namespace. */
  readonly pid: string;
  /** Accessible only to root. */
  readonly logs: string;
  /** Output of its programs since its start. */
  readonly log: string;
  /** DHCP leases of a running netns. It lies here because a netns may make its file as large as it wants. */
  readonly leases: string;
  /** The log of a netns that an earlier version started. */
  readonly earlierLog: string;
}

export function netnsFolder(runDir: string, name: string): NetnsFolder {
  const path = `${nodesFolder(runDir)}/${name}`;
  const logs = logsOf(runDir, name);
  return {
    name,
    path,
    record: `${path}/sandbox.json`,
    archive: `${path}/node.cpio`,
    applied: appliedPath(runDir, name),
    pid: `${path}/pid`,
    logs,
    log: `${logs}/log`,
    leases: `${logs}/leases`,
    earlierLog: `${path}/log`,
  };
}

/** Returns the folders of all nodes below this run directory, whichever their backend is. */
export async function netnsFolders(host: Host, runDir: string): Promise<readonly NetnsFolder[]> {
  return (await host.list(nodesFolder(runDir))).map((name) => netnsFolder(runDir, name));
}
