import { formatTable, type PlainCell } from "./table.ts";

/** Formats facts, a line each, as a table without heads. */
export function formatFacts(facts: readonly (readonly [string, PlainCell])[]): string {
  const [, ...lines] = formatTable(
    ["", ""],
    facts.map(([name, value]) => [name, value === null ? "" : String(value)]),
  ).split("\n");
  return lines.join("\n");
}
