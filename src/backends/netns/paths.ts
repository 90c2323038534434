import { logsOf } from "../../nodes/log-folder.ts";
import { appliedPath, nodesFolder } from "../../nodes/run-paths.ts";

/** Where what the host knows of a switch's sandbox is kept. All of it is root's, and out of the sandbox's sight. */
export interface SandboxPaths {
  readonly folder: string;
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
  /** The same of a sandbox that an earlier version started. */
  readonly earlierLog: string;
}

export function sandboxPaths(runDir: string, nodeName: string): SandboxPaths {
  const folder = `${nodesFolder(runDir)}/${nodeName}`;
  const logs = logsOf(runDir, nodeName);
  return {
    folder,
    record: `${folder}/sandbox.json`,
    archive: `${folder}/node.cpio`,
    applied: appliedPath(runDir, nodeName),
    pid: `${folder}/pid`,
    logs,
    log: `${logs}/log`,
    earlierLog: `${folder}/log`,
  };
}
