import { escapeControls } from "../format/escape-controls.ts";
import type { Note, Progress } from "../system/progress.ts";
import { canShowLive, tell } from "./output.ts";

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

async function runLive<T>(
  title: string,
  run: (note: Note) => Promise<T>,
  outcome: (result: T) => string = () => "",
): Promise<T> {
  const { Listr } = await import("listr2");
  const startedMs = performance.now();
  const list = new Listr<{ results: readonly T[] }>(
    {
      title: escapeControls(title),
      task: async (context, task) => {
        const result = await run((text) => {
          task.output = escapeControls(text);
        });
        context.results = [result];
        task.title = escapeControls(`${title}: ${withSeconds(outcome(result), startedMs)}`);
      },
    },
    {
      ctx: { results: [] },
      rendererOptions: { collapseErrors: false, showErrorMessage: false },
      registerSignalListeners: false,
    },
  );
  const [result] = (await list.run()).results;
  return result as T;
}

function withSeconds(outcome: string, startedMs: number): string {
  return `${outcome || "done"} (${((performance.now() - startedMs) / 1000).toFixed(2)} s)`;
}
