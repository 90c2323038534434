import type { CheckReport, TimedItem } from "../model/report.ts";

/**
 * Formats the report as CI systems read test results: one suite per kind, one case per item, times in seconds. An item
 * that could not be determined is a skipped case.
 */
export function formatJunit({ summary, items, durationMs }: CheckReport): string {
  const total = (key: "different" | "unknown") => summary.reduce((sum, kind) => sum + kind[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ikvswitch check" tests="${items.length}" failures="${total("different")}" errors="0" skipped="${total("unknown")}" time="${seconds(durationMs)}">`,
    ...summary.flatMap(({ kind, ok, different, unknown }) => {
      const own = items.filter((item) => item.kind === kind);
      const time = seconds(own.reduce((sum, item) => sum + item.durationMs, 0));
      return [
        `  <testsuite name="${kind}" tests="${ok + different + unknown}" failures="${different}" errors="0" skipped="${unknown}" time="${time}">`,
        ...own.flatMap(formatCase),
        "  </testsuite>",
      ];
    }),
    "</testsuites>",
    "",
  ].join("\n");
}

function formatCase(item: TimedItem): readonly string[] {
  const head = `    <testcase classname="ikvswitch.${item.kind}" name="${escaped(item.subject)}" time="${seconds(item.durationMs)}"`;
  if (item.ok === true) {
    return [`${head}/>`];
  }
  const result =
    item.ok === null
      ? `<skipped message="${escaped(item.observed)}"/>`
      : `<failure type="difference" message="${escaped(`expected ${item.expected}, observed ${item.observed}`)}"/>`;
  return [`${head}>`, `      ${result}`, "    </testcase>"];
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Control characters can't be in XML at all, not even escaped (XML 1.0, section 2.2). */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "").replace(/\p{Cc}/gu, " ");
}
