import type { Node } from "../fabric/types.ts";
import type { Command } from "../system/host.ts";
import { statePaths } from "./state-paths.ts";

/**
 * Log in to a switch as root with the tool's own key, the user's other keys and agent still being offered, and
 * its host key checked against the ones we made. A pure description of the command.
 */
export function sshCommandLine(stateDir: string, node: Node, words: readonly string[]): Command {
  const paths = statePaths(stateDir);
  const options = [
    `UserKnownHostsFile=${paths.knownHosts}`,
    "StrictHostKeyChecking=yes",
    `HostKeyAlias=${node.name}`,
    "ConnectTimeout=10",
  ];
  return {
    file: "ssh",
    args: [
      "-i",
      paths.toolKey,
      ...options.flatMap((option) => ["-o", option]),
      `root@${node.loopback}`,
      ...words,
    ],
  };
}
