/** Slows down logins from addresses where one has failed, so that passwords can't be tried quickly. */
export interface Throttle {
  /**
   * Returns how long a login from this address has to wait before its password may be compared; undefined if too many
   * wait already.
   */
  waitMs(from: string): number | undefined;
  /** Records the result of a login. */
  ended(from: string, succeeded: boolean): void;
}

/** One login in this time, while an address is slowed down. */
const INTERVAL_MS = 500;
/** The address is slowed down for this long after its last failure. */
const SLOWED_MS = 60_000;
/** Longest wait. Clients give up after some ten seconds. */
const MAX_WAIT_MS = 5_000;
/** Bounds the memory that clients can take. Beyond this, the oldest failures are forgotten. */
const MAX_ADDRESSES = 1_000;

/** @param nowMs a clock that never goes back. */
export function makeThrottle(nowMs: () => number): Throttle {
  /** Addresses with failures; that of the oldest failure is first. */
  const slowed = new Map<string, { failedMs: number; nextMs: number }>();
  return {
    waitMs(from) {
      const now = nowMs();
      const entry = slowed.get(from);
      if (entry === undefined || now - entry.failedMs >= SLOWED_MS) {
        slowed.delete(from);
        return 0;
      }
      const turnMs = Math.max(now, entry.nextMs);
      if (turnMs - now > MAX_WAIT_MS) {
        return undefined;
      }
      // Each takes its turn, so that many at once are no faster than one after the other.
      entry.nextMs = turnMs + INTERVAL_MS;
      return turnMs - now;
    },
    ended(from, succeeded) {
      const nextMs = Math.max(slowed.get(from)?.nextMs ?? 0, nowMs() + INTERVAL_MS);
      slowed.delete(from);
      if (succeeded) {
        return;
      }
      slowed.set(from, { failedMs: nowMs(), nextMs });
      const [oldest] = slowed.keys();
      if (slowed.size > MAX_ADDRESSES && oldest !== undefined) {
        slowed.delete(oldest);
      }
    },
  };
}
