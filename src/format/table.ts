import { escapeControls } from "./escape-controls.ts";

/** A cell; numbers are aligned to the right, null is an empty cell. */
export type Cell = string | number | null;

/**
 * Plain text in columns, each as wide as its widest cell, two spaces between them. For a terminal: no lines, no
 * colours, nothing at the ends of lines. Without rows, the heads alone.
 *
 * @param columns heads, in capitals by custom
 * @param rows a cell for each column; missing ones are empty
 * @returns without a newline at the end
 */
export function formatTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => columns.map((_, column) => toText(row[column] ?? null)));
  const widths = columns.map((head, column) =>
    cells.reduce((width, row) => Math.max(width, (row[column] ?? "").length), head.length),
  );
  const numeric = columns.map((_, column) => isNumeric(rows.map((row) => row[column] ?? null)));
  return [columns, ...cells].map((row) => formatRow(row, widths, numeric)).join("\n");
}

function formatRow(row: readonly string[], widths: readonly number[], numeric: readonly boolean[]): string {
  return widths
    .map((width, column) => {
      const text = row[column] ?? "";
      return numeric[column] === true ? text.padStart(width) : text.padEnd(width);
    })
    .join("  ")
    .trimEnd();
}

function isNumeric(cells: readonly Cell[]): boolean {
  return cells.some((cell) => typeof cell === "number") && cells.every((cell) => typeof cell !== "string");
}

/** A line break or a tab inside a cell would break the columns, and so would what is not seen. */
function toText(cell: Cell): string {
  return cell === null
    ? ""
    : escapeControls(
        String(cell)
          .replaceAll(/[ \t\n]+/g, " ")
          .trim(),
      );
}
