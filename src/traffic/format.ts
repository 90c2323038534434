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

/** Formats a number with three significant digits, and k, M or G: `999`, `1.23k`, `45.6M`. */
export function short(value: number): string {
  // A value less than half a unit below the next step is rounded up to it: 999.6 is 1.00k.
  const step = STEPS.find(({ unit }) => value >= unit * 0.9995) ?? { unit: 1, suffix: "" };
  const scaled = value / step.unit;
  const digits = step.suffix === "" || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${scaled.toFixed(digits)}${step.suffix}`;
}

const STEPS = [
  { unit: 1e9, suffix: "G" },
  { unit: 1e6, suffix: "M" },
  { unit: 1e3, suffix: "k" },
];
