import type { Output } from "../../integration/namespace.ts";
import type { FabricSite } from "../fabric-site.ts";

/** Exit code, as in a shell, of a program that SIGINT ended. */
export const INTERRUPTED = 130;

/**
 * Starts an ikvswitch command, and sends it this signal as soon as the shell condition is true.
 * @param condition may use `there PATTERN`: a file that fits exists.
 */
export async function signalOnce(
  site: FabricSite,
  signal: "INT" | "KILL",
  words: readonly string[],
  condition: string,
): Promise<Output> {
  const started = site.start(words);
  // Polls without a pause and without starting programs, since the condition may be true only for a moment.
  await site.host.shell(`
    there() { [ -e "$1" ]; }
    until ${condition}; do :; done
    kill -${signal} ${started.pid}`);
  return started.output;
}
