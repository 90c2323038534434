import { pause } from "../system/pause.ts";
import { NONE } from "./model/item.ts";
import type { CheckReport } from "./model/report.ts";

export interface WaitOptions {
  /** 0: one attempt, and more only for LLDP. */
  readonly timeoutMs: number;
  /** Least time between the end of one attempt and the start of the next. */
  readonly pauseMs: number;
  readonly interrupted: AbortSignal;
  /** Called after each failed attempt. */
  readonly onFailure: (report: CheckReport) => void;
}

/**
 * Switches start lldpd when routing has converged, emulated ones a few at a time, and announce themselves every 5 s:
 * that long after `up` the last neighbor is heard.
 */
const FIRST_ANNOUNCEMENTS_MS = 20_000;

/**
 * Checks until the fabric is as planned or the timeout expires. If nothing lacks but neighbors that were not heard by
 * LLDP yet, the timeout is at least as long as those need after `up`. Each attempt has its own limits, which the timeout does
 * not shorten. Pauses are as long as attempts: queries take processor time that emulated switches on a busy host need to
 * keep their BFD sessions up.
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
    const deadline = startMs + Math.max(timeoutMs, lacksOnlyLldp(report) ? FIRST_ANNOUNCEMENTS_MS : 0);
    if (report.asPlanned || performance.now() >= deadline) {
      return report;
    }
    onFailure(report);
    const pauseFor = Math.max(pauseMs, report.durationMs);
    await pause(Math.min(pauseFor, Math.max(0, deadline - performance.now())), interrupted);
  }
}

function lacksOnlyLldp({ items }: CheckReport): boolean {
  const differences = items.filter(({ ok }) => ok === false);
  const unheard = differences.filter(({ kind, observed }) => kind === "lldp" && observed === NONE);
  return unheard.length > 0 && unheard.length === differences.length;
}
