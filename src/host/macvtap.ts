import type { InterfaceName } from "../fabric/types.ts";
import type { Command } from "../system/host.ts";

/**
 * A program opens a macvtap by a character device that is named after the interface's number, and belongs to root.
 * Where /dev has none (in a container), it is made.
 */
const GIVE = [
  'read -r number <"/sys/class/net/$1/ifindex"',
  'IFS=: read -r major minor <"/sys/class/net/$1/tap$number/dev"',
  "node=/dev/tap$number",
  '[ -e "$node" ] || mknod -m 0600 "$node" c "$major" "$minor"',
  'if [ "$(stat -c %Hr:%Lr "$node")" != "$major:$minor" ]; then',
  '  echo "$node is another device than $1" >&2',
  "  exit 1",
  "fi",
  'chown "$2" "$node"',
].join("\n");

/** Returns the command that gives a macvtap's character device to this user. */
export function giveMacvtap(name: InterfaceName, user: string): Command {
  return { file: "sh", args: ["-ec", GIVE, "sh", name, user] };
}

/** The file descriptor of the macvtap in a command of `withMacvtap`. A shell's redirections have one digit. */
export const MACVTAP_DESCRIPTOR = 8;

const OPEN = [
  'read -r number <"/sys/class/net/$1/ifindex"',
  `exec ${MACVTAP_DESCRIPTOR}<>"/dev/tap$number"`,
  "shift",
  'exec "$@"',
].join("\n");

/** Returns the command with that macvtap open. It replaces the shell that opens it. */
export function withMacvtap(name: InterfaceName, { file, args, ...rest }: Command): Command {
  return { ...rest, file: "sh", args: ["-ec", OPEN, "sh", name, file, ...args] };
}
