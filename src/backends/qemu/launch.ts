import { nodesFolder } from "../../nodes/run-paths.ts";
import { confined, type EmulatorUser, withoutRights } from "../../system/confine.ts";
import type { Command, Host } from "../../system/host.ts";
import { readVersioned, writeStateFile } from "../../system/state-file.ts";
import { emptyLogs, makeLogFolders } from "./logs.ts";
import type { NodePaths } from "./paths.ts";

/** How a node's machine is started. Kept beside it, so that its BMC can power it on again. */
export interface Launch {
  /** Of this document's form. */
  readonly version: 1;
  readonly node: string;
  readonly user: EmulatorUser;
  readonly kvm: boolean;
  /** QEMU's command, without what confines it. */
  readonly command: Command;
}

/** Undefined where the node was not brought up, or by a version whose document differs. */
export function readLaunch(host: Host, paths: NodePaths): Promise<Launch | undefined> {
  return readVersioned(host, paths.launch, LAUNCH_FORM);
}

/** Of a Launch. */
export const LAUNCH_FORM = { node: "string", user: "object", command: "object" } as const;

export async function writeLaunch(host: Host, paths: NodePaths, launch: Launch): Promise<void> {
  await writeStateFile(host, paths.launch, `${JSON.stringify(launch, null, 2)}\n`);
}

/**
 * The command that starts the machine for whoever asks: root confines it; the emulator user, as which the BMCs
 * run, has one right left to take off.
 */
export function launchCommand(launch: Launch, asRoot: boolean): Command {
  return asRoot ? confined(launch.command, launch.user, { kvm: launch.kvm }) : withoutRights(launch.command);
}

/** Make the folders that the machines of these nodes need, and empty logs, each with the owner that NodePaths tells. */
export async function makeNodeFolders(
  host: Host,
  runDir: string,
  user: EmulatorUser,
  nodes: readonly NodePaths[],
): Promise<void> {
  await host.makeDirectory(nodesFolder(runDir), 0o755);
  await host.run(
    installFolders(
      nodes.map((paths) => paths.folder),
      0,
      user.gid,
      "0750",
    ),
  );
  await host.run(
    installFolders(
      nodes.map((paths) => paths.run),
      user.uid,
      user.gid,
      "0700",
    ),
  );
  await makeLogFolders(host, user, nodes);
  await emptyLogs(host, user, nodes);
}

/** Remove all that is kept of a machine that is off. */
export async function removeNode(host: Host, { folder, logs }: NodePaths): Promise<void> {
  await Promise.all([host.remove(folder), host.remove(logs)]);
}

function installFolders(folders: readonly string[], uid: number, gid: number, mode: string): Command {
  return { file: "install", args: ["-d", "-m", mode, "-o", String(uid), "-g", String(gid), ...folders] };
}
