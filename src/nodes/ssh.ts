import type { Node } from "../fabric/types.ts";
import type { Command } from "../system/host.ts";
import { shellLine } from "../system/quote-for-shell.ts";
import { statePaths } from "./state-paths.ts";

/**
 * Log in to a switch as root with the tool's own key, and its host key checked against the ones we made. Nothing of what the
 * user has set for other hosts counts: neither configuration files nor keys in an agent, of which sshd takes six at most. A
 * pure description of the command.
 * @param words to be run there, instead of a shell: one word is a line for the switch's shell, as ssh has it; several are
 *   a program and its arguments, each as it is. Where the first begins with a dash, all are ssh's own: `-L`, `8080:[::1]:80`.
 */
export function sshCommandLine(stateDir: string, node: Node, words: readonly string[]): Command {
  const paths = statePaths(stateDir);
  const options = [
    `IdentityFile=${paths.toolKey}`,
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    `UserKnownHostsFile=${paths.knownHosts}`,
    "GlobalKnownHostsFile=none",
    "StrictHostKeyChecking=yes",
    `HostKeyAlias=${node.name}`,
    "ConnectTimeout=10",
  ];
  return {
    file: "ssh",
    args: [
      ...["-F", "none"],
      ...options.flatMap((option) => ["-o", option]),
      `root@${node.loopback}`,
      ...remoteWords(words),
    ],
  };
}

function remoteWords(words: readonly string[]): readonly string[] {
  return words.length < 2 || words[0]?.startsWith("-") ? words : [shellLine(words)];
}
