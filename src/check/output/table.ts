import { type Cell, formatTable, type TonedCell } from "../../format/table.ts";
import { toned } from "../../format/tone.ts";
import type { CheckReport, TimedItem } from "../model/report.ts";

/**
 * Formats counts by kind, followed by the differences and the injected faults. Differences that follow from others are
 * only counted. If `verbose`, every item is listed.
 */
export function formatReport(report: CheckReport, { verbose }: { readonly verbose: boolean }): string {
  const counts = formatTable(
    ["CHECK", "OK", "DIFFERENT", "UNKNOWN"],
    report.summary.map(({ kind, ok, different, unknown }) => [
      kind,
      ok,
      different === 0 ? 0 : { tone: "bad", value: different },
      unknown === 0 ? 0 : { tone: "doubtful", value: unknown },
    ]),
  );
  const different = report.items.filter(({ ok }) => ok === false);
  const nothingRuns = isAllOff(report);
  const isCause = ({ kind, explained }: TimedItem) => !explained && (!nothingRuns || kind === "node");
  const shown = verbose ? report.items : different.filter(isCause);
  const explained = verbose ? 0 : different.length - shown.length;
  const details =
    shown.length === 0
      ? []
      : [
          formatTable(
            ["", "CHECK", "WHAT", "EXPECTED", "OBSERVED"],
            shown.map((item) => [mark(item), item.kind, item.subject, item.expected, observed(item)]),
          ),
        ];
  return [
    counts,
    ...details,
    ...(report.faults.length === 0 ? [] : [report.faults.join("\n")]),
    ...(explained === 0 ? [] : [describeExplained(explained)]),
    ...report.notes,
    ...(nothingRuns ? [NOTHING_RUNS] : []),
    tonedVerdict(report),
  ].join("\n\n");
}

function describeExplained(count: number): string {
  const differences = count === 1 ? "1 further difference follows" : `${count} further differences follow`;
  return `${differences} from what is broken above. Use --verbose to list all.`;
}

const NOTHING_RUNS = "No switch is running; run 'ikvswitch up'.";

function isAllOff({ items }: CheckReport): boolean {
  const switches = items.filter(({ kind, subject, node }) => kind === "node" && subject === node);
  return switches.length > 0 && switches.every(({ observed }) => observed === "off");
}

function tonedVerdict(report: CheckReport): string {
  return toned(report.asPlanned ? "good" : "bad", verdict(report));
}

/** Returns the result in one line. */
export function verdict({ asPlanned, items, durationMs }: CheckReport): string {
  const different = items.filter(({ ok }) => ok === false).length;
  const unknown = items.filter(({ ok }) => ok === null).length;
  const took = `(${(durationMs / 1000).toFixed(1)} s)`;
  if (items.length === 0) {
    return "Nothing to check.";
  }
  if (asPlanned) {
    return `The fabric is as planned: ${items.length} ${items.length === 1 ? "check" : "checks"} ${took}.`;
  }
  const rest = unknown === 0 ? "" : `, ${unknown} could not be determined`;
  return `${different} of ${items.length} checks ${different === 1 ? "differs" : "differ"} from the plan${rest} ${took}.`;
}

function mark({ ok }: TimedItem): TonedCell {
  return ok === null
    ? { tone: "doubtful", value: "?" }
    : ok
      ? { tone: "good", value: "ok" }
      : { tone: "bad", value: "!!" };
}

/** An item that is as expected omits its observation, which equals the expectation. */
function observed({ ok, observed }: TimedItem): Cell {
  return ok === true ? "" : ok === null ? observed : { tone: "bad", value: observed };
}
