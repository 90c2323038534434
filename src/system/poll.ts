import { setTimeout as sleep } from "node:timers/promises";
import { TimeoutError } from "../errors.ts";

export interface PollOptions {
  /** The awaited event: "timed out after 60 s waiting for …". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Stop polling when this is aborted. */
  readonly interrupted?: AbortSignal;
}

/** Result of one poll: done with a value, or not yet, with the state seen. */
export type Look<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly seen: string };

/**
 * Polls until done. At the deadline, the last poll is not older than one interval.
 * @throws TimeoutError with the state that the last poll saw.
 * @throws InterruptedError on an interrupt.
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

/** Reports whether something happens within that time. A timeout is no error. */
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
