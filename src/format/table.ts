import { escapeControls } from "./escape-controls.ts";
import { type Tone, toned, withoutTones } from "./tone.ts";

/** A cell; numbers are aligned to the right, null is an empty cell. */
export type Cell = PlainCell | TonedCell;
export type PlainCell = string | number | null;

/** A cell that terminals show in colour. */
export interface TonedCell {
  readonly tone: Tone;
  readonly value: string | number;
}

/**
 * Formats text in columns, each as wide as its widest cell, two spaces between them. For a terminal: no lines, no
 * trailing blanks, and no colours but those of toned cells. Without rows, only the heads.
 *
 * @param columns heads, in capitals by custom
 * @param rows a cell for each column; missing ones are empty
 * @returns without a newline at the end
 */
export function formatTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => columns.map((_, column) => toText(plainCell(row[column]))));
  const widths = columns.map((head, column) =>
    cells.reduce((width, row) => Math.max(width, (row[column] ?? "").length), head.length),
  );
  const numeric = columns.map((_, column) => isNumeric(rows.map((row) => plainCell(row[column]))));
  const tones = rows.map((row) => row.map(toneOf));
  const format = (row: readonly string[], tonesOfRow: readonly (Tone | null)[]) =>
    formatRow(row, widths, numeric, tonesOfRow);
  return [format(columns, []), ...cells.map((row, index) => format(row, tones[index] ?? []))].join("\n");
}

function formatRow(
  row: readonly string[],
  widths: readonly number[],
  numeric: readonly boolean[],
  tones: readonly (Tone | null)[],
): string {
  const last = row.findLastIndex((text) => text !== "");
  return widths
    .slice(0, last + 1)
    .map((width, column) => {
      const text = row[column] ?? "";
      const space = " ".repeat(width - text.length);
      const tone = tones[column] ?? null;
      const shown = tone === null ? text : toned(tone, text);
      return numeric[column] === true ? `${space}${shown}` : column === last ? shown : `${shown}${space}`;
    })
    .join("  ");
}

function plainCell(cell: Cell | undefined): PlainCell {
  return typeof cell === "object" && cell !== null ? cell.value : (cell ?? null);
}

function toneOf(cell: Cell): Tone | null {
  return typeof cell === "object" && cell !== null ? cell.tone : null;
}

function isNumeric(cells: readonly PlainCell[]): boolean {
  return cells.some((cell) => typeof cell === "number") && cells.every((cell) => typeof cell !== "string");
}

/** Escapes a cell's text: a line break or a tab would break the columns, and so would invisible characters. */
function toText(cell: PlainCell): string {
  return cell === null
    ? ""
    : escapeControls(
        withoutTones(String(cell))
          .replaceAll(/[ \t\n]+/g, " ")
          .trim(),
      );
}
