import type { Command } from "../system/host.ts";

/** A daemon of FRR's, and what it is asked: `show bgp summary json`. */
export interface DaemonQuestion {
  readonly daemon: string;
  readonly commands: readonly string[];
}

/**
 * The command that asks daemons inside a switch, a small part of the work of starting a vtysh. It prints each one's name in a
 * line of its own and then its answers, or why there is none, and ends with 1 where one does not run or answer.
 * @param library folder of our own programs inside: see Machines.
 * @param seconds how long to wait for each daemon.
 */
export function frrQuery(library: string, seconds: number, questions: readonly DaemonQuestion[]): Command {
  const words = questions.flatMap(({ daemon, commands }) => ["--", daemon, ...commands]).slice(1);
  return { file: `${library}/ask-frr`, args: [String(seconds), ...words] };
}
