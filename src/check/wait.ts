import { pause } from "../system/pause.ts";
import type { CheckReport } from "./model/report.ts";

export interface WaitOptions {
  /** 0: one attempt. */
  readonly timeoutMs: number;
  /** Least time between the end of one attempt and the start of the next. */
  readonly pauseMs: number;
  readonly interrupted: AbortSignal;
  /** Called after each failed attempt. */
  readonly onFailure: (report: CheckReport) => void;
}

/**
 * Checks until the fabric is as planned or the timeout expires. Each attempt has its own limits, which the timeout does
 * not shorten. Pauses are as long as attempts: queries take processor time that emulated switches on a busy host need to
 * keep their BFD sessions up.
 * @returns the last report
 * @throws InterruptedError when interrupted.
 */
export async function checkUntilGood(
  attempt: () => Promise<CheckReport>,
  { timeoutMs, pauseMs, interrupted, onFailure }: WaitOptions,
): Promise<CheckReport> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const report = await attempt();
    interrupted.throwIfAborted();
    if (report.asPlanned || performance.now() >= deadline) {
      return report;
    }
    onFailure(report);
    const pauseFor = Math.max(pauseMs, report.durationMs);
    await pause(Math.min(pauseFor, Math.max(0, deadline - performance.now())), interrupted);
  }
}
