import { pause } from "../system/pause.ts";
import type { CheckReport } from "./model/report.ts";

export interface WaitOptions {
  /** 0: look once. */
  readonly timeoutMs: number;
  /** Between the end of one look and the next. */
  readonly pauseMs: number;
  readonly interrupted: AbortSignal;
  /** Told of every look that was not good. */
  readonly onLook: (report: CheckReport) => void;
}

/**
 * Look until all is as planned or the time is over, and give the last look. The time is no limit to a look itself,
 * which has limits of its own.
 * @throws InterruptedError when asked to stop.
 */
export async function checkUntilGood(
  look: () => Promise<CheckReport>,
  { timeoutMs, pauseMs, interrupted, onLook }: WaitOptions,
): Promise<CheckReport> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const report = await look();
    interrupted.throwIfAborted();
    if (report.asPlanned || performance.now() >= deadline) {
      return report;
    }
    onLook(report);
    await pause(Math.min(pauseMs, Math.max(0, deadline - performance.now())), interrupted);
  }
}
