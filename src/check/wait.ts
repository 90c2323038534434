import { pause } from "../system/pause.ts";
import type { CheckReport } from "./model/report.ts";

export interface WaitOptions {
  /** 0: check once. */
  readonly timeoutMs: number;
  /** Between the end of one attempt and the next. */
  readonly pauseMs: number;
  readonly interrupted: AbortSignal;
  /** Called after each failed attempt. */
  readonly onFailure: (report: CheckReport) => void;
}

/**
 * Check until the fabric is as planned or the timeout is over. An attempt has its own limits, which the timeout does
 * not shorten.
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
    await pause(Math.min(pauseMs, Math.max(0, deadline - performance.now())), interrupted);
  }
}
