import type { Argv } from "yargs";
import { endByInterrupt, type GlobalOptions, interrupted } from "./context.ts";
import type { NamedDocument } from "./documents.ts";
import { parseDuration } from "./duration.ts";
import { canRedraw, print, redraw } from "./output.ts";
import { printDocument, printDocumentLine } from "./print-document.ts";

/** Options of commands that show a report once, or again and again. */
export interface WatchOptions extends GlobalOptions {
  readonly watch: boolean;
  readonly interval: string;
}

export function withWatch(parser: Argv): Argv {
  return parser
    .option("watch", { alias: "w", type: "boolean", default: false, describe: "Repeat until Ctrl-C" })
    .option("interval", {
      type: "string",
      default: "5s",
      requiresArg: true,
      describe: "Pause between repetitions of --watch (default: 5s)",
    });
}

/**
 * Shows what is observed, once or with `--watch` until Ctrl-C.
 * @returns what was shown once; undefined with `--watch`.
 */
export async function showOrWatch<T>(
  { watch: repeat, interval, json }: WatchOptions,
  observe: () => Promise<T>,
  format: (observed: T) => string,
  document: (observed: T) => NamedDocument,
): Promise<T | undefined> {
  const intervalMs = parseDuration("--interval", interval);
  if (repeat) {
    await watch({ observe, format: (observed) => `${format(observed)}\n`, document, intervalMs, json });
    return undefined;
  }
  const observed = await observe();
  json ? printDocument(...document(observed)) : print(format(observed));
  return observed;
}

export interface Watch<T> {
  readonly observe: () => Promise<T>;
  readonly format: (observed: T) => string;
  readonly document: (observed: T) => NamedDocument;
  /** Between the rounds. */
  readonly intervalMs: number;
  readonly json: boolean;
  /** Called with what was shown. */
  readonly onShown?: (observed: T) => Promise<void>;
}

/** Observes until Ctrl-C. Overwrites the last text on a terminal; elsewhere prints one after another, JSON one per line. */
export async function watch<T>({
  observe,
  format,
  document,
  intervalMs,
  json,
  onShown,
}: Watch<T>): Promise<void> {
  const { pause } = await import("../system/pause.ts");
  endByInterrupt();
  const show = canRedraw() ? redraw : print;
  while (!interrupted.aborted) {
    const observed = await observe();
    if (interrupted.aborted) {
      break;
    }
    json ? printDocumentLine(...document(observed)) : show(format(observed));
    await onShown?.(observed);
    await pause(intervalMs, interrupted);
  }
}
