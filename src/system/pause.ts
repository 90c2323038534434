import { setTimeout as sleep } from "node:timers/promises";

/** Waits that long, or until interrupted; the caller then checks the signal. */
export async function pause(milliseconds: number, interrupted: AbortSignal | undefined): Promise<void> {
  const options = interrupted === undefined ? {} : { signal: interrupted };
  await sleep(milliseconds, undefined, options).catch(() => {});
}
