import { toneMarks, withoutTones } from "./tone.ts";

/** What a row's second line and the following ones begin with. */
const INDENT = "    ";
/** The heads of a table: capitals, two spaces between them. */
const HEADS = /^ *[A-Z][A-Z0-9 .()/%-]*$/;

/**
 * Folds the tables of a report that are wider than a terminal: every row is broken before the same columns, and goes on
 * in an indented line. All other lines stay as they are.
 */
export function foldTables(text: string, width: number): string {
  const lines = text.split("\n");
  const folded: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const table = tableAt(lines, at);
    folded.push(...(table === undefined ? [lines[at] ?? ""] : foldTable(table, width)));
    at += table?.lines.length ?? 1;
  }
  return folded.join("\n");
}

interface Table {
  /** With the heads. */
  readonly lines: readonly string[];
  /** Where the columns after the first begin, in characters that are shown. */
  readonly starts: readonly number[];
}

/** Returns the table whose heads are this line, with all the rows that have its columns. */
function tableAt(lines: readonly string[], at: number): Table | undefined {
  const heads = lines[at] ?? "";
  if (!HEADS.test(heads) || !/\S {2,}\S/.test(heads)) {
    return undefined;
  }
  // Between two heads, a column may begin wherever all lines have two blanks before.
  let gaps = [...heads.matchAll(/(?<=\S) {2,}(?=\S)/g)].map((gap) =>
    Array.from({ length: gap[0].length - 1 }, (_, index) => gap.index + 2 + index),
  );
  let end = at + 1;
  for (; end < lines.length && lines[end] !== ""; end++) {
    const shown = withoutTones(lines[end] ?? "");
    const left = gaps.map((places) => places.filter((place) => /^\s*$/.test(shown.slice(place - 2, place))));
    if (left.some((places) => places.length === 0)) {
      break;
    }
    gaps = left;
  }
  return { lines: lines.slice(at, end), starts: gaps.map(([first = 0]) => first) };
}

function foldTable({ lines, starts }: Table, width: number): string[] {
  const shown = lines.map(withoutTones);
  const bounds = [0, ...starts];
  const ends = bounds.map((start, column) =>
    Math.max(...shown.map((line) => line.slice(0, bounds[column + 1]).trimEnd().length), start),
  );
  const breaks: number[] = [];
  let from = 0;
  for (const [column, start] of bounds.entries()) {
    const room = breaks.length === 0 ? width : width - INDENT.length;
    if (column > 0 && start > from && (ends[column] ?? 0) - from > room) {
      breaks.push(start);
      from = start;
    }
  }
  return lines.flatMap((line) => breakLine(line, breaks));
}

/** Breaks a line at these places, and drops parts that are empty. */
function breakLine(line: string, breaks: readonly number[]): string[] {
  const places = rawPlaces(line);
  const parts = [0, ...breaks].map((start, index) =>
    line
      .slice(places[start] ?? line.length, places[breaks[index] ?? Number.POSITIVE_INFINITY] ?? line.length)
      .trimEnd(),
  );
  return parts.flatMap((part, index) => (index === 0 ? [part] : part === "" ? [] : [`${INDENT}${part}`]));
}

/** Returns the place in the line of each character that is shown; marks belong to the character that follows. */
function rawPlaces(line: string): number[] {
  const places: number[] = [];
  let begin = 0;
  for (let at = 0; at < line.length; at++) {
    if (!toneMarks.test(line[at] ?? "")) {
      places.push(begin);
      begin = at + 1;
    }
  }
  return places;
}
