import { pause } from "../system/pause.ts";
import { BFD_BEGINS } from "./evaluate/bfd.ts";
import { NONE } from "./model/item.ts";
import type { CheckReport } from "./model/report.ts";

export interface WaitOptions {
  /** 0: one attempt, and more only while the fabric settles after `up`. */
  readonly timeoutMs: number;
  /** Least time between the end of one attempt and the start of the next. */
  readonly pauseMs: number;
  readonly interrupted: AbortSignal;
  /** Called after each failed attempt. */
  readonly onFailure: (report: CheckReport) => void;
}

/**
 * After `up`, sessions of BFD begin at an interval of a second, and switches start lldpd when routing has converged,
 * emulated ones a few at a time, and announce themselves every 5 s: the last neighbor is heard by then.
 */
const SETTLED_MS = 20_000;

/**
 * Checks until the fabric is as planned or the timeout expires. If nothing differs but what is still to come after `up`,
 * the timeout is at least as long as that takes. Each attempt has its own limits, which the timeout does not shorten.
 * Pauses are as long as attempts: queries take processor time that emulated switches on a busy host need to keep their
 * BFD sessions up.
 * @returns the last report
 * @throws InterruptedError when interrupted.
 */
export async function checkUntilGood(
  attempt: () => Promise<CheckReport>,
  { timeoutMs, pauseMs, interrupted, onFailure }: WaitOptions,
): Promise<CheckReport> {
  const startMs = performance.now();
  for (;;) {
    const report = await attempt();
    interrupted.throwIfAborted();
    const deadline = startMs + Math.max(timeoutMs, isSettling(report) ? SETTLED_MS : 0);
    if (report.asPlanned || performance.now() >= deadline) {
      return report;
    }
    onFailure(report);
    const pauseFor = Math.max(pauseMs, report.durationMs);
    await pause(Math.min(pauseFor, Math.max(0, deadline - performance.now())), interrupted);
  }
}

/** Reports whether all differences are neighbors not heard by LLDP yet, and BFD sessions that begin. */
function isSettling({ items }: CheckReport): boolean {
  const differences = items.filter(({ ok }) => ok === false);
  const beginning = differences.filter(
    ({ kind, observed }) =>
      (kind === "lldp" && observed === NONE) || (kind === "bfd" && BFD_BEGINS.includes(observed)),
  );
  return differences.length > 0 && beginning.length === differences.length;
}
