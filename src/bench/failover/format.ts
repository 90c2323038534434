import { formatTable } from "../../format/table.ts";
import type { FailoverReport } from "./failover.ts";
import { MEANING } from "./scenarios.ts";

/** Formats a line for each scenario, and below it one for each trial. */
export function formatFailover({ results, perSecond }: FailoverReport): string {
  const summary = formatTable(
    ["SCENARIO", "TRIALS", "P50 MS", "P95 MS", "MAX MS", "LOST P50", ""],
    results.map(({ scenario, trials, gapMs }) => [
      scenario,
      trials.length,
      gapMs?.p50 ?? null,
      gapMs?.p95 ?? null,
      gapMs?.max ?? null,
      [...trials.map(({ lost }) => lost)].sort((a, b) => a - b)[Math.ceil(trials.length / 2) - 1] ?? null,
      MEANING[scenario],
    ]),
  );
  const trials = formatTable(
    ["TRIAL", "BROKEN", "GAP MS", "LOST"],
    results.flatMap(({ scenario, trials }) =>
      trials.map(({ element, gapMs, lost }, index) => [`${scenario} ${index + 1}`, element, gapMs, lost]),
    ),
  );
  return `${summary}\n\n${trials}\n\n${perSecond} probes per second. A gap lasts from the last probe received before it to the first one after it.`;
}
