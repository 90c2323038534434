import { setTimeout as sleep } from "node:timers/promises";
import { TimeoutError } from "../errors.ts";

export interface PollOptions {
  /** What is waited for, as the subject of "… did not happen within 60 s". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Stop looking when this is aborted. */
  readonly interrupted?: AbortSignal;
}

/** What one look found: done with a value, or not yet and how far it got. */
export type Look<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly seen: string };

/**
 * Look again and again until done. The last look is never older than one interval at the deadline.
 * @throws TimeoutError with what the last look saw.
 * @throws InterruptedError when asked to stop.
 */
export async function pollUntil<T>(options: PollOptions, look: () => Promise<Look<T>>): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const result = await look();
    if (result.done) {
      return result.value;
    }
    options.interrupted?.throwIfAborted();
    if (Date.now() >= deadline) {
      throw new TimeoutError(options.what, options.timeoutMs, result.seen);
    }
    await sleep(options.intervalMs);
  }
}

/** Whether something comes about within that time, where it is no error if it does not. */
export async function happensWithin(
  timing: Pick<PollOptions, "timeoutMs" | "intervalMs">,
  hasHappened: () => Promise<boolean>,
): Promise<boolean> {
  try {
    await pollUntil({ what: "", ...timing }, async () =>
      (await hasHappened()) ? { done: true, value: undefined } : { done: false, seen: "" },
    );
    return true;
  } catch (error) {
    if (error instanceof TimeoutError) {
      return false;
    }
    throw error;
  }
}
