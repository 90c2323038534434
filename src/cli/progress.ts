import { formatGrid } from "../format/item-grid.ts";
import { toned } from "../format/tone.ts";
import type { ItemState, Note, Progress } from "../system/progress.ts";
import { canShowLive, clearLive, drawLive, tell, tellEnd } from "./output.ts";

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
  tell(`${title}: ${outcome(result) || "done"} (${secondsSince(startedMs)})`);
  return result;
}

const REDRAW_MS = 100;
const SPINNER = ["|", "/", "-", "\\"] as const;
/** Lines that stay free above the items, for the step itself and those before it. */
const OTHER_LINES = 4;

/** Draws the step, what it is doing, and the state of each of its items, until it ends as one line. */
async function runLive<T>(
  title: string,
  run: (note: Note) => Promise<T>,
  outcome: (result: T) => string = () => "",
): Promise<T> {
  const startedMs = performance.now();
  let noted = "";
  let items: readonly ItemState[] = [];
  let turns = 0;
  const draw = () => {
    const mark = toned("doubtful", SPINNER[turns++ % SPINNER.length] ?? "|");
    const text = noted === "" ? "" : `: ${noted}`;
    const { columns, rows } = process.stderr;
    const room = { columns: columns - 3, lines: Math.max(1, rows - OTHER_LINES) };
    const grid = formatGrid(items, room).map((line) => `  ${line}`);
    drawLive([`${mark} ${title}${text} (${secondsSince(startedMs)})`, ...grid]);
  };
  draw();
  const timer = setInterval(draw, REDRAW_MS);
  try {
    const result = await run((text, states = []) => {
      noted = text;
      items = states;
    });
    clearInterval(timer);
    clearLive();
    tellEnd("good", `${title}: ${outcome(result) || "done"} (${secondsSince(startedMs)})`);
    return result;
  } catch (error) {
    clearInterval(timer);
    clearLive();
    tellEnd("bad", `${title} (${secondsSince(startedMs)})`);
    throw error;
  }
}

function secondsSince(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(2)} s`;
}
