import type { LabState } from "../model/state.ts";
import { call, send } from "./api.ts";
import type { Actions } from "./props.ts";
import { SIGNS, type Tone } from "./words.ts";

interface HeaderProps {
  readonly state: LabState;
  readonly actions: Actions;
  /** Why the page may be out of date. */
  readonly problem: string | null;
}

/** The fabric's name, and how it is. */
export function Header({ state, actions, problem }: HeaderProps) {
  const { tone, text } = verdict(state);
  const { processors, load, memoryMiB, usedMiB } = state.host;
  const hasLinkFaults = Object.values(state.links).some(
    (link) => link.state !== "up" && link.state !== "missing",
  );
  return (
    <header class="top">
      <h1>
        <span class="product">ikvswitch</span>
        {state.name !== "ikvswitch" && <span class="name">{state.name}</span>}
      </h1>
      <p class={`verdict ${tone}`} role="status">
        <span aria-hidden="true">{SIGNS[tone]}</span> {text}
      </p>
      {problem !== null && (
        <p class="verdict bad" role="alert">
          <span aria-hidden="true">{SIGNS.bad}</span> {problem}
        </p>
      )}
      {state.work !== null && (
        <p class="muted" role="status">
          {state.work}…
        </p>
      )}
      <p class="host">
        {state.backend} · load {load} on {processors} · {gib(usedMiB)} of {gib(memoryMiB)} GiB
      </p>
      {hasLinkFaults && (
        <button
          type="button"
          class="primary"
          disabled={actions.busy.has("clear")}
          onClick={() => actions.run("clear", () => call("DELETE", "/faults"))}
        >
          Clear all link faults
        </button>
      )}
      {state.running && (
        <button type="button" disabled={actions.busy.has("fabric")} onClick={() => stop(actions)}>
          {actions.busy.has("fabric") ? "Working…" : "Stop the fabric"}
        </button>
      )}
    </header>
  );
}

function stop(actions: Actions): void {
  if (confirm("Stop all switches, and remove the fabric's network from this host?")) {
    actions.run("fabric", () => send("POST", "/fabric/power", { action: "down" }));
  }
}

function verdict(state: LabState): { readonly tone: Tone; readonly text: string } {
  const nodes = Object.values(state.nodes);
  const up = nodes.filter((node) => node.state === "running" && node.reachable).length;
  const switches = `${up} of ${nodes.length} switches up`;
  if (!state.running) {
    return { tone: "off", text: "not running" };
  }
  const faults = state.notes.length;
  return state.asPlanned
    ? { tone: "good", text: `as planned, ${switches}` }
    : {
        tone: "bad",
        text: `not as planned, ${switches}${faults === 0 ? "" : `, ${faults} fault${faults === 1 ? "" : "s"}`}`,
      };
}

function gib(mib: number): string {
  return (mib / 1024).toFixed(1);
}
