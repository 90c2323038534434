import { endByInterrupt, interrupted } from "./context.ts";
import { canRedraw, print, redraw } from "./output.ts";

export interface Watch<T> {
  readonly observe: () => Promise<T>;
  readonly format: (observed: T) => string;
  /** Between the rounds. */
  readonly intervalMs: number;
  readonly json: boolean;
  /** Called with what was shown. */
  readonly onShown?: (observed: T) => Promise<void>;
}

/** Observes until Ctrl-C. Overwrites the last text on a terminal; elsewhere prints one after another, JSON one per line. */
export async function watch<T>({ observe, format, intervalMs, json, onShown }: Watch<T>): Promise<void> {
  const { pause } = await import("../system/pause.ts");
  endByInterrupt();
  const show = canRedraw() && !json ? redraw : print;
  while (!interrupted.aborted) {
    const observed = await observe();
    if (interrupted.aborted) {
      break;
    }
    show(json ? JSON.stringify(observed) : format(observed));
    await onShown?.(observed);
    await pause(intervalMs, interrupted);
  }
}
