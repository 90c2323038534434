import type { Fabric } from "../fabric/types.ts";
import { shellLine } from "../system/quote-for-shell.ts";
import { sshOptions } from "./ssh.ts";

export interface SshAccess {
  /** Paths as the user's own ssh sees them. */
  readonly toolKey: string;
  readonly knownHosts: string;
  /** Program and arguments that connect standard input and output to an address and a port; null: ssh itself can. */
  readonly proxy: readonly string[] | null;
  /** Port of 127.0.0.1 that leads to the internet router, which then needs no proxy; null: there is none. */
  readonly internetPort: number | null;
}

/** Returns the text for ssh_config(5) with which ssh reaches each switch by its name. */
export function sshConfig(fabric: Fabric, { toolKey, knownHosts, proxy, internetPort }: SshAccess): string {
  const way = proxy === null ? [] : [`ProxyCommand ${withoutTokens(shellLine(proxy))} %h %p`];
  return fabric.nodes
    .map(({ name, role, loopback }) => {
      const options = sshOptions({ toolKey, knownHosts, name }).map(
        ([option, value]) => `${option} ${quoted(withoutTokens(value))}`,
      );
      const target =
        role === "internet" && internetPort !== null
          ? ["HostName 127.0.0.1", "User root", `Port ${internetPort}`]
          : [`HostName ${loopback}`, "User root", ...way];
      return [`Host ${name}`, ...target, ...options].join("\n  ");
    })
    .join("\n\n");
}

/**
 * Returns the same options as arguments of ssh.
 * @param name of the switch, or what another program replaces by it.
 */
export function sshArguments({ toolKey, knownHosts, proxy }: SshAccess, name: string): readonly string[] {
  const options = sshOptions({
    toolKey: withoutTokens(toolKey),
    knownHosts: withoutTokens(knownHosts),
    name,
  }).map(([option, value]) => `${option}=${/\s/.test(value) && value !== name ? `"${value}"` : value}`);
  return [
    ...["-F", "none"],
    ...[
      ...options,
      ...(proxy === null ? [] : [`ProxyCommand=${withoutTokens(shellLine(proxy))} %h %p`]),
    ].flatMap((option) => ["-o", option]),
  ];
}

/** ssh replaces a per cent sign and the letter after it. */
function withoutTokens(text: string): string {
  return text.replaceAll("%", "%%");
}

function quoted(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}
