import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Fabric } from "../../fabric/types.ts";
import type { LabState } from "../model/state.ts";
import { call, send, textOf } from "./api.ts";
import { Details } from "./details.tsx";
import { Header } from "./header.tsx";
import { type Plan, planOf, type Selection } from "./plan.ts";
import type { Actions, OpenTerminal } from "./props.ts";
import { Tabs } from "./tabs.tsx";
import { Terminals } from "./terminals.tsx";
import { Topology } from "./topology.tsx";
import { watchLab } from "./watch.ts";

/** The page of the fabric. */
export function App({ onRefused }: { readonly onRefused: () => void }) {
  const [state, setState] = useState<LabState>();
  const [problem, setProblem] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [selection, select] = useState<Selection>(null);
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [terminals, setTerminals] = useState<readonly OpenTerminal[]>([]);
  const count = useRef(0);
  useEffect(() => watchLab({ onState: setState, onProblem: setProblem, onRefused }), []);
  const plan = usePlan(state?.plan, setFailure);
  useEffect(() => {
    document.title = state === undefined ? "ikvswitch" : `${titleMark(state)} ${state.name}`;
  }, [state?.name, state?.asPlanned, state?.running]);

  const actions: Actions = {
    select,
    busy,
    open: (terminal) => {
      count.current += 1;
      setTerminals((all) => [...all, { id: count.current, ...terminal }]);
    },
    run: (what, work) => {
      setFailure(null);
      setBusy((all) => new Set([...all, what]));
      work()
        .catch((error: unknown) => setFailure(textOf(error)))
        .finally(() => setBusy((all) => new Set([...all].filter((one) => one !== what))));
    },
  };

  if (state === undefined || plan === undefined) {
    return <p class="waiting">{problem ?? "Observing the fabric…"}</p>;
  }
  return (
    <>
      <Header state={state} actions={actions} problem={problem ?? state.problem} />
      {failure !== null && <Failure text={failure} onClose={() => setFailure(null)} />}
      {!state.running && <NotRunning name={state.name} actions={actions} />}
      <main class={selection === null ? "main" : "main with-details"}>
        <Topology plan={plan} state={state} selection={selection} actions={actions} />
        {selection !== null && <Details plan={plan} state={state} selection={selection} actions={actions} />}
        <Tabs plan={plan} state={state} actions={actions} />
      </main>
      <Terminals
        terminals={terminals}
        onClose={(id) => setTerminals((all) => all.filter((one) => one.id !== id))}
      />
    </>
  );
}

/** Reads the plan again whenever it has changed. */
function usePlan(version: string | undefined, onFailure: (text: string) => void): Plan | undefined {
  const [fabric, setFabric] = useState<Fabric>();
  useEffect(() => {
    if (version !== undefined) {
      call<Fabric>("GET", "/plan").then(setFabric, (error: unknown) => onFailure(textOf(error)));
    }
  }, [version]);
  return useMemo(() => (fabric === undefined ? undefined : planOf(fabric)), [fabric]);
}

function titleMark({ running, asPlanned }: LabState): string {
  return running ? (asPlanned ? "●" : "▲") : "○";
}

function Failure({ text, onClose }: { readonly text: string; readonly onClose: () => void }) {
  return (
    <div class="banner bad" role="alert">
      <pre>{text}</pre>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </div>
  );
}

function NotRunning({ name, actions }: { readonly name: string; readonly actions: Actions }) {
  const command = name === "ikvswitch" ? "ikvswitch up" : `ikvswitch --name ${name} up`;
  const isBusy = actions.busy.has("fabric");
  return (
    <div class="banner">
      <p role="status">
        {isBusy ? "Starting. The picture follows as switches come up." : "Nothing runs."} This button does
        what <code>{command}</code> does; on the command line, <code>--backend netns</code> or{" "}
        <code>qemu</code> chooses what the switches are.
      </p>
      <button
        type="button"
        class="primary"
        disabled={isBusy}
        onClick={() => actions.run("fabric", () => send("POST", "/fabric/power", { action: "up" }))}
      >
        {isBusy ? "Starting…" : "Start the fabric"}
      </button>
    </div>
  );
}
