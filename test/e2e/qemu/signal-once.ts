import type { Output } from "../../integration/namespace.ts";
import type { FabricSite } from "../fabric-site.ts";

/** Exit code, as in a shell, of a program that SIGINT ended. */
export const INTERRUPTED = 130;

/** Starts an ikvswitch command, and sends it this signal as soon as the shell condition is true. */
export async function signalOnce(
  site: FabricSite,
  signal: "INT" | "KILL",
  words: readonly string[],
  condition: string,
): Promise<Output> {
  const started = site.start(words);
  // Polls without a pause, since the condition may be true only for a moment.
  await site.host.shell(`
    until ( ${condition} ) >/run/seen 2>&1; do :; done
    kill -${signal} ${started.pid}
    rm /run/seen`);
  return started.output;
}
