import { escapeControls } from "../format/escape-controls.ts";
import type { Step } from "../system/steps.ts";
import { canShowLive, tell } from "./output.ts";

/**
 * Run steps one after another and show progress on stderr: a live list on a terminal, plain lines with timings
 * elsewhere. The first failure ends it.
 */
export async function runSteps(steps: readonly Step[], options: { readonly quiet: boolean }): Promise<void> {
  if (options.quiet) {
    for (const step of steps) {
      await step.run(() => {});
    }
  } else if (canShowLive()) {
    await runLive(steps);
  } else {
    await runPlain(steps);
  }
}

async function runPlain(steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    const startedMs = performance.now();
    tell(`${step.title} ...`);
    const outcome = await step.run(() => {});
    tell(`${step.title}: ${withSeconds(outcome, startedMs)}`);
  }
}

async function runLive(steps: readonly Step[]): Promise<void> {
  const { Listr } = await import("listr2");
  const list = new Listr(
    steps.map((step) => ({
      title: escapeControls(step.title),
      task: async (_context: unknown, task: { title: string; output: string }) => {
        const startedMs = performance.now();
        const outcome = await step.run((text) => {
          task.output = escapeControls(text);
        });
        task.title = escapeControls(`${step.title}: ${withSeconds(outcome, startedMs)}`);
      },
    })),
    { rendererOptions: { collapseErrors: false, showErrorMessage: false }, registerSignalListeners: false },
  );
  await list.run();
}

function withSeconds(outcome: string, startedMs: number): string {
  return `${outcome || "done"} (${((performance.now() - startedMs) / 1000).toFixed(2)} s)`;
}
