import { nodesFolder } from "../../nodes/run-paths.ts";
import type { EmulatorUser } from "../../system/confine.ts";
import type { Command, Host } from "../../system/host.ts";
import { emptyLogs, makeLogFolders } from "./logs.ts";
import type { NodeFolder } from "./node-folder.ts";

/** Makes the folders and empty logs of these nodes' VMs, each with the owner described in NodeFolder. */
export async function makeNodeFolders(
  host: Host,
  runDir: string,
  user: EmulatorUser,
  nodes: readonly NodeFolder[],
): Promise<void> {
  await host.makeDirectory(nodesFolder(runDir), 0o755);
  await host.run(
    installFolders(
      nodes.map(({ path }) => path),
      0,
      user.gid,
      "0750",
    ),
  );
  await host.run(
    installFolders(
      nodes.map(({ run }) => run),
      user.uid,
      user.gid,
      "0700",
    ),
  );
  await makeLogFolders(host, user, nodes);
  await emptyLogs(host, user, nodes);
}

/** Removes all files of a VM that is off. */
export async function removeNode(host: Host, { path, logs }: NodeFolder): Promise<void> {
  await Promise.all([host.remove(path), host.remove(logs)]);
}

function installFolders(folders: readonly string[], uid: number, gid: number, mode: string): Command {
  return { file: "install", args: ["-d", "-m", mode, "-o", String(uid), "-g", String(gid), ...folders] };
}
