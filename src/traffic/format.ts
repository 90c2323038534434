import { short } from "../format/short-number.ts";
import { formatTable } from "../format/table.ts";
import type { LinkRate } from "./rates.ts";

/**
 * Formats the links with traffic, in a line each.
 * @param rows at most this many
 */
export function formatRates(rates: readonly LinkRate[], rows = Number.POSITIVE_INFINITY): string {
  const busy = rates.filter(({ there, back }) => there.packets + back.packets > 0);
  const shown = busy.slice(0, rows);
  const table = formatTable(
    ["LINK (A – B)", "A→B packet/s", "A→B bit/s", "B→A packet/s", "B→A bit/s"],
    shown.map(({ name, there, back }) => [
      name,
      ...[there, back].flatMap(({ packets, bits }) => [short(packets), short(bits)]),
    ]),
  );
  const rest = [
    ...(busy.length > shown.length ? [`${busy.length - shown.length} more with less`] : []),
    ...(rates.length > busy.length ? [`${rates.length - busy.length} without traffic`] : []),
  ];
  return rest.length === 0 ? table : `${table}\n${rest.join(", ")}`;
}
