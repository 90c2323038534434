import { escapeControls } from "../format/escape-controls.ts";
import { formatGrid } from "../format/item-grid.ts";
import type { ItemState, Note, Progress } from "../system/progress.ts";
import { canShowLive, paintForProgress, tell } from "./output.ts";

/** Shows progress on stderr: a live line on a terminal, plain lines with timings elsewhere, nothing where it is quiet. */
export function showProgress({ quiet }: { readonly quiet: boolean }): Progress {
  return { step: quiet ? runQuietly : canShowLive() ? runLive : runPlain };
}

function runQuietly<T>(_: string, run: (note: Note) => Promise<T>): Promise<T> {
  return run(() => {});
}

async function runPlain<T>(
  title: string,
  run: (note: Note) => Promise<T>,
  outcome: (result: T) => string = () => "",
): Promise<T> {
  const startedMs = performance.now();
  tell(`${title} ...`);
  const result = await run(() => {});
  tell(`${title}: ${withSeconds(outcome(result), startedMs)}`);
  return result;
}

/** Lines that stay free above the items, for the step itself and those before it. */
const OTHER_LINES = 4;
/** Columns that stay free beside the items, for the list's own indentation. */
const INDENTATION = 6;

/** Draws the step, what it is doing, and the state of each of its items, until it ends as one line. */
async function runLive<T>(
  title: string,
  run: (note: Note) => Promise<T>,
  outcome: (result: T) => string = () => "",
): Promise<T> {
  const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
  const startedMs = performance.now();
  // Standard output is for reports.
  const processOutput = new ProcessOutput(process.stderr, process.stderr);
  const list = new Listr<{ results: readonly T[] }>(
    {
      title: escapeControls(title),
      task: async (context, task) => {
        const result = await run((text, items = []) => {
          task.output = [escapeControls(text), ...itemLines(items)].join("\n");
        });
        context.results = [result];
        task.title = escapeControls(`${title}: ${withSeconds(outcome(result), startedMs)}`);
      },
    },
    {
      ctx: { results: [] },
      rendererOptions: {
        collapseErrors: false,
        showErrorMessage: false,
        logger: new ListrLogger({ useIcons: true, processOutput }),
      },
      registerSignalListeners: false,
    },
  );
  const [result] = (await list.run()).results;
  return result as T;
}

function itemLines(items: readonly ItemState[]): readonly string[] {
  const { columns, rows } = process.stderr;
  const room = { columns: columns - INDENTATION, lines: Math.max(1, rows - OTHER_LINES) };
  return formatGrid(items, room).map(paintForProgress);
}

function withSeconds(outcome: string, startedMs: number): string {
  return `${outcome || "done"} (${((performance.now() - startedMs) / 1000).toFixed(2)} s)`;
}
