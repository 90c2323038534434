import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits for work for a limited time: after that it goes on without our waiting, clients ask for the machine's state
 * again, and a failure is of no use to anybody. An immediate failure is reported.
 * @returns its result; undefined if it goes on.
 */
export async function withPatience<T>(work: Promise<T>, patienceMs: number): Promise<T | undefined> {
  const waiting = new AbortController();
  try {
    return await Promise.race([work, pause(patienceMs, undefined, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
