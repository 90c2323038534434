import type { Output } from "../../integration/namespace.ts";
import type { FabricSite } from "../fabric-site.ts";

/** As shells tell of a program that SIGINT ended. */
export const INTERRUPTED = 130;

/** Start a command of the emulator, and send it this signal as soon as this line of shell succeeds. */
export async function signalOnce(
  site: FabricSite,
  signal: "INT" | "KILL",
  words: readonly string[],
  condition: string,
): Promise<Output> {
  const started = site.start(words);
  // Looks without a pause, lest the moment be over.
  await site.host.shell(`
    until ( ${condition} ) >/run/seen 2>&1; do :; done
    kill -${signal} ${started.pid}
    rm /run/seen`);
  return started.output;
}
