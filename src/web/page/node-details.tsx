import { useState } from "preact/hooks";
import type { Node } from "../../fabric/types.ts";
import type { LabState } from "../model/state.ts";
import { call } from "./api.ts";
import { linksOfNode, nameOfLink, type Plan } from "./plan.ts";
import type { Actions, TerminalKind } from "./props.ts";
import { bitsWord, linkTone, linkWord, nodeWord, SIGNS, sessionsWord, uptimeWord } from "./words.ts";

interface NodeDetailsProps {
  readonly node: Node;
  readonly plan: Plan;
  readonly state: LabState;
  readonly actions: Actions;
}

/** A switch: its state, its power, its consoles and its links. */
export function NodeDetails({ node, plan, state, actions }: NodeDetailsProps) {
  const own = state.nodes[node.name];
  const { tone, word } = nodeWord(own);
  const isOn = own !== undefined && own.state !== "stopped";
  return (
    <>
      <dl>
        <dt>State</dt>
        <dd class={tone}>
          <span aria-hidden="true">{SIGNS[tone]}</span> {word}
          {isOn && <span class="muted"> for {uptimeWord(own)}</span>}
        </dd>
        <dt>BGP sessions</dt>
        <dd>{sessionsWord(own)}</dd>
        <dt>Loopback</dt>
        <dd class="mono">
          {[node.loopback, node.loopback6]
            .flatMap((address) => (address ? [String(address)] : []))
            .join(", ")}
        </dd>
        <dt>AS</dt>
        <dd class="mono">{node.asn}</dd>
      </dl>
      {own !== undefined && own.missing.length > 0 && (
        <ul class="missing">
          {own.missing.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <Power name={node.name} state={own?.state} actions={actions} />
      <Consoles name={node.name} state={state} isOn={isOn} actions={actions} />
      <Log name={node.name} />
      <h3>Links</h3>
      <ul class="links-of-node">
        {linksOfNode(plan, node).map(({ bridge: { name: bridge } }) => {
          const view = state.links[bridge];
          return (
            <li key={bridge}>
              <button
                type="button"
                class={`row ${linkTone(view)}`}
                onClick={() => actions.select({ kind: "link", bridge })}
              >
                <span class="sign" aria-hidden="true">
                  {SIGNS[linkTone(view)]}
                </span>
                <span>{nameOfLink(plan, bridge)}</span>
                <span class="muted">
                  {linkTone(view) === "good" ? bitsWord(state.rates[bridge]) : linkWord(view)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

type PowerAction = "start" | "stop" | "restart" | "freeze" | "thaw";

const POWER_WORDS: Readonly<Record<PowerAction, string>> = {
  start: "Start",
  stop: "Stop",
  restart: "Restart",
  freeze: "Freeze",
  thaw: "Thaw",
};

function Power({
  name,
  state,
  actions,
}: {
  readonly name: string;
  readonly state: LabState["nodes"][string]["state"] | undefined;
  readonly actions: Actions;
}) {
  const what = `power ${name}`;
  const possible: readonly PowerAction[] =
    state === "stopped"
      ? ["start"]
      : state === "frozen"
        ? ["thaw", "stop", "restart"]
        : ["stop", "restart", "freeze"];
  return (
    <fieldset class="buttons" aria-label={`Power of ${name}`}>
      {possible.map((action) => (
        <button
          key={action}
          type="button"
          disabled={actions.busy.has(what)}
          onClick={() => actions.run(what, () => call("POST", `/nodes/${name}/power`, { action }))}
        >
          {POWER_WORDS[action]}
        </button>
      ))}
      {actions.busy.has(what) && (
        <span class="muted" role="status">
          Working…
        </span>
      )}
    </fieldset>
  );
}

function Consoles({
  name,
  state: { has },
  isOn,
  actions,
}: {
  readonly name: string;
  readonly state: LabState;
  readonly isOn: boolean;
  readonly actions: Actions;
}) {
  const kinds: readonly (readonly [TerminalKind, string])[] = [
    ["vtysh", "vtysh"],
    ["shell", "Shell"],
    ["ssh", "SSH"],
    ...(has.console ? ([["console", "Serial console"]] as const) : []),
    ...(has.vnc ? ([["vnc", "VNC"]] as const) : []),
  ];
  return (
    <fieldset class="buttons" aria-label={`Consoles of ${name}`}>
      {kinds.map(([kind, word]) => (
        <button
          key={kind}
          type="button"
          disabled={!isOn}
          onClick={() => actions.open({ of: "nodes", name, kind })}
        >
          {word}
        </button>
      ))}
    </fieldset>
  );
}

function Log({ name }: { readonly name: string }) {
  const [log, setLog] = useState<string>();
  const read = async () => {
    const { log } = await call<{ readonly log: string }>("GET", `/nodes/${name}/log`);
    setLog(log === "" ? "Nothing was written." : log);
  };
  return (
    <details
      onToggle={(event) => {
        if (event.currentTarget.open) {
          void read().catch((error: unknown) => setLog(String(error)));
        }
      }}
    >
      <summary>Log</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard */}
      <section class="log" tabIndex={0} aria-label={`Log of ${name}`}>
        <pre>{log ?? "Reading…"}</pre>
      </section>
    </details>
  );
}
