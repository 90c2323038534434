import { type Tone, toned } from "./tone.ts";

/** A cell of a grid. */
export interface GridItem {
  readonly name: string;
  readonly state: string;
  readonly tone: Tone;
}

/** The room that a grid may take, in characters and lines. */
export interface Room {
  readonly columns: number;
  readonly lines: number;
}

/**
 * Formats items side by side, in as many columns as fit. If there are too many for the room, those that are not good
 * come first, and the last line counts the omitted ones.
 */
export function formatGrid(items: readonly GridItem[], { columns, lines }: Room): string[] {
  const nameWidth = longest(items.map(({ name }) => name));
  const width = nameWidth + 1 + longest(items.map(({ state }) => state));
  const perLine = Math.max(1, Math.floor((columns + GAP) / (width + GAP)));
  const isTooMany = items.length > perLine * lines;
  const shown = isTooMany
    ? [...items].sort((a, b) => rank(a) - rank(b)).slice(0, perLine * Math.max(0, lines - 1))
    : items;
  const cells = shown.map(({ name, state, tone }, index) => {
    const isLast = index % perLine === perLine - 1 || index === shown.length - 1;
    const padding = isLast ? "" : " ".repeat(width + GAP - nameWidth - 1 - state.length);
    return `${name.padEnd(nameWidth)} ${toned(tone, state)}${padding}`;
  });
  const rows = Array.from({ length: Math.ceil(cells.length / perLine) }, (_, row) =>
    cells.slice(row * perLine, (row + 1) * perLine).join(""),
  );
  return isTooMany ? [...rows, `and ${items.length - shown.length} more`] : rows;
}

const GAP = 3;

function longest(words: readonly string[]): number {
  return words.reduce((length, word) => Math.max(length, word.length), 0);
}

function rank({ tone }: GridItem): number {
  return tone === "good" ? 1 : 0;
}
