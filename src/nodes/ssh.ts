import type { Node } from "../fabric/types.ts";
import type { Command } from "../system/host.ts";
import { shellLine } from "../system/quote-for-shell.ts";
import { statePaths } from "./state-paths.ts";

/**
 * Returns the command that logs in to a switch as root with the tool's own key, and checks its host key against the
 * ones we made. The user's settings for other hosts do not apply: neither configuration files nor keys in an agent, of
 * which sshd accepts six at most.
 * @param words to be run there, instead of a shell: one word is a line for the switch's shell, as in ssh; several are a
 *   program and its arguments, passed unchanged. If the first begins with a dash, all are ssh's own: `-L`,
 *   `8080:[::1]:80`.
 */
export function sshCommandLine(stateDir: string, node: Node, words: readonly string[]): Command {
  return sshCommandTo({
    stateDir,
    knownHosts: statePaths(stateDir).knownHosts,
    name: node.name,
    address: String(node.loopback),
    words,
  });
}

/** A login as root. */
export interface SshTarget {
  readonly stateDir: string;
  /** File with the host key, under `name`. */
  readonly knownHosts: string;
  readonly name: string;
  readonly address: string;
  readonly words: readonly string[];
}

/** Returns the same command for any machine that accepts the tool's own key. */
export function sshCommandTo({ stateDir, knownHosts, name, address, words }: SshTarget): Command {
  const options = sshOptions({ toolKey: statePaths(stateDir).toolKey, knownHosts, name });
  return {
    file: "ssh",
    args: [
      ...["-F", "none"],
      ...options.flatMap(([option, value]) => ["-o", `${option}=${value}`]),
      `root@${address}`,
      ...remoteWords(words),
    ],
  };
}

/** Returns the options of such a login (ssh_config(5)), each with its value. */
export function sshOptions({
  toolKey,
  knownHosts,
  name,
}: Pick<SshTarget, "knownHosts" | "name"> & { readonly toolKey: string }): readonly (readonly [
  string,
  string,
])[] {
  return [
    ["IdentityFile", toolKey],
    ["IdentitiesOnly", "yes"],
    ["IdentityAgent", "none"],
    ["UserKnownHostsFile", knownHosts],
    ["GlobalKnownHostsFile", "none"],
    ["StrictHostKeyChecking", "yes"],
    ["HostKeyAlias", name],
    ["ConnectTimeout", "10"],
  ];
}

function remoteWords(words: readonly string[]): readonly string[] {
  return words.length < 2 || words[0]?.startsWith("-") ? words : [shellLine(words)];
}
