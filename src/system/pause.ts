import { setTimeout as sleep } from "node:timers/promises";

/** Wait that long, or until interrupted: whoever waits then asks the signal. */
export async function pause(milliseconds: number, interrupted: AbortSignal | undefined): Promise<void> {
  const options = interrupted === undefined ? {} : { signal: interrupted };
  await sleep(milliseconds, undefined, options).catch(() => {});
}
