import { logsOf } from "../../nodes/log-folder.ts";
import { appliedPath, nodesFolder } from "../../nodes/run-paths.ts";
import type { Host } from "../../system/host.ts";

/** A node's netns, by its name and where the host keeps what. All of it is root's, and out of the netns's sight. */
export interface NetnsFolder {
  readonly name: string;
  readonly path: string;
  /** How it was started: a SandboxRecord. */
  readonly record: string;
  /** The node's files as the archive from which it starts. */
  readonly archive: string;
  /** Digests of the files that it started with or was given since. */
  readonly applied: string;
  /** Of its first process, as the host counts them. */
  readonly pid: string;
  /** Root's alone. */
  readonly logs: string;
  /** What its programs have said since it was started. */
  readonly log: string;
  /** The same of a netns that an earlier version started. */
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
    earlierLog: `${path}/log`,
  };
}

/** Those of all nodes below this run directory, whatever their switches are made of. */
export async function netnsFolders(host: Host, runDir: string): Promise<readonly NetnsFolder[]> {
  return (await host.list(nodesFolder(runDir))).map((name) => netnsFolder(runDir, name));
}
