import type { Command } from "../system/host.ts";

/** A daemon of FRR, and a query for it: `show bgp summary json`. */
export interface DaemonQuestion {
  readonly daemon: string;
  readonly commands: readonly string[];
}

/**
 * Returns the command that queries daemons in a switch, at a small part of the cost of starting vtysh. It prints each
 * one's name in a line of its own and then its answers, or the reason why there is none, and ends with 1 if one does
 * not run or answer.
 * @param library folder of our own programs in the switch: see Machines.
 * @param seconds how long to wait for each daemon.
 */
export function frrQuery(library: string, seconds: number, questions: readonly DaemonQuestion[]): Command {
  const words = questions.flatMap(({ daemon, commands }) => ["--", daemon, ...commands]).slice(1);
  return { file: `${library}/ask-frr`, args: [String(seconds), ...words] };
}
