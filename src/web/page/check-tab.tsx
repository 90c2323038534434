import { useState } from "preact/hooks";
import type { CheckReport, TimedItem } from "../../check/model/report.ts";
import { call } from "./api.ts";
import type { TabProps } from "./props.ts";
import { SIGNS, type Tone } from "./words.ts";

/** Compares the fabric with its plan, as `check` does. */
export function CheckTab({ actions }: TabProps) {
  const [report, setReport] = useState<CheckReport>();
  const [hasAll, setAll] = useState(false);
  const isRunning = actions.busy.has("check");
  const run = async () => setReport(await call<CheckReport>("POST", "/check", {}));
  const shown = report?.items.filter(({ ok }) => hasAll || ok !== true) ?? [];
  return (
    <>
      <div class="filters">
        <button type="button" class="primary" disabled={isRunning} onClick={() => actions.run("check", run)}>
          {isRunning ? "Checking…" : "Check the fabric"}
        </button>
        {report !== undefined && (
          <label class="choice">
            <input
              type="checkbox"
              checked={hasAll}
              onChange={(event) => setAll(event.currentTarget.checked)}
            />{" "}
            passed checks, too
          </label>
        )}
        <p role="status" class={report === undefined ? "muted" : report.asPlanned ? "good" : "bad"}>
          {report === undefined
            ? "Every link, session, route, loopback and service, compared with the plan"
            : verdict(report)}
        </p>
      </div>
      {report?.notes.map((note) => (
        <p key={note} class="muted">
          {note}
        </p>
      ))}
      {shown.length > 0 && <Items items={shown} />}
    </>
  );
}

function verdict({ asPlanned, summary, durationMs }: CheckReport): string {
  const count = (key: "ok" | "different" | "unknown") => summary.reduce((sum, kind) => sum + kind[key], 0);
  const took = `in ${(durationMs / 1000).toFixed(1)} s`;
  return asPlanned
    ? `${SIGNS.good} As planned: ${count("ok")} checks passed ${took}`
    : `${SIGNS.bad} ${count("different")} differences, ${count("unknown")} unknown, ${count("ok")} passed ${took}`;
}

function Items({ items }: { readonly items: readonly TimedItem[] }) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Subject</th>
            <th scope="col">Result</th>
            <th scope="col">Expected</th>
            <th scope="col">Observed</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ kind, subject, node, ok, expected, observed }) => {
            const tone: Tone = ok === null ? "off" : ok ? "good" : "bad";
            return (
              <tr key={`${kind} ${node} ${subject}`}>
                <td>{kind}</td>
                <th scope="row">{subject}</th>
                <td class={tone}>
                  <span aria-hidden="true">{SIGNS[tone]}</span>{" "}
                  {ok === null ? "unknown" : ok ? "as planned" : "different"}
                </td>
                <td>{expected}</td>
                <td>{ok ? "" : observed}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
