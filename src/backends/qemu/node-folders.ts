import { nodesFolder } from "../../nodes/run-paths.ts";
import type { EmulatorUser } from "../../system/confine.ts";
import type { Command, Host } from "../../system/host.ts";
import { emptyLogs, makeLogFolders } from "./logs.ts";
import type { NodePaths } from "./paths.ts";

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
