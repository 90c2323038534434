import { setTimeout as pause } from "node:timers/promises";

/** Clients wait a few seconds for an answer. */
const PATIENCE_MS = 2_000;

/**
 * Waits for work for a limited time: the work goes on without our waiting, and clients read the machine's state again.
 * An immediate failure is reported.
 * @returns its result; undefined if it goes on.
 */
export async function withPatience<T>(work: Promise<T>): Promise<T | undefined> {
  const waiting = new AbortController();
  try {
    return await Promise.race([work, pause(PATIENCE_MS, undefined, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
