import type { Link } from "../../fabric/types.ts";
import type { LinkRates, LinkView } from "../model/state.ts";
import { call } from "./api.ts";
import { Capture } from "./capture.tsx";
import type { Actions } from "./props.ts";
import { linkTone, linkWord, rateWord, SIGNS } from "./words.ts";

interface LinkDetailsProps {
  readonly link: Link;
  readonly view: LinkView | undefined;
  readonly rates: LinkRates | undefined;
  readonly actions: Actions;
}

const NO_RATE = { bits: 0, packets: 0 };

/** A link: its state and its traffic, faults to inject, and captures. */
export function LinkDetails({ link, view, rates, actions }: LinkDetailsProps) {
  const bridge = link.bridge.name;
  const tone = linkTone(view);
  const { there, back } = rates ?? { there: NO_RATE, back: NO_RATE };
  return (
    <>
      <dl>
        <dt>State</dt>
        <dd class={tone}>
          <span aria-hidden="true">{SIGNS[tone]}</span> {linkWord(view)}
        </dd>
        {view !== undefined && view.session !== null && (
          <>
            <dt>BGP session</dt>
            <dd>{view.session === "up" ? "established" : "not established"}</dd>
          </>
        )}
        <dt>There</dt>
        <dd class="numbers">{rateWord(there)}</dd>
        <dt>Back</dt>
        <dd class="numbers">{rateWord(back)}</dd>
        <dt>Bridge</dt>
        <dd class="mono">{bridge}</dd>
        <dt>Interfaces</dt>
        <dd class="mono">{link.interfaces.map(({ name }) => name).join(", ")}</dd>
      </dl>
      <Faults bridge={bridge} view={view} actions={actions} />
      <h3>Capture</h3>
      <Capture bridge={bridge} />
    </>
  );
}

const IMPAIRMENTS = [
  ["loss", "Loss", "1%"],
  ["delay", "Delay", "10ms"],
  ["jitter", "Jitter", "2ms"],
  ["rate", "Rate", "100mbit"],
] as const;

function Faults({
  bridge,
  view,
  actions,
}: {
  readonly bridge: string;
  readonly view: LinkView | undefined;
  readonly actions: Actions;
}) {
  const what = `link ${bridge}`;
  const isBusy = actions.busy.has(what) || view === undefined || view.state === "missing";
  const path = `/links/${bridge}/fault`;
  const inject = (fault: string, words: object = {}) =>
    actions.run(what, () => call("POST", path, { fault, ...words }));
  const impair = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const words = [...form].map(([name, value]) => [name, String(value).trim()]);
    inject("impair", Object.fromEntries(words.filter(([, value]) => value !== "")));
  };
  return (
    <>
      <h3>Faults</h3>
      <fieldset class="buttons" aria-label="Faults of this link">
        {view !== undefined && view.state !== "up" ? (
          <button
            type="button"
            class="primary"
            disabled={isBusy}
            onClick={() => actions.run(what, () => call("DELETE", path))}
          >
            Repair
          </button>
        ) : (
          <>
            <button type="button" disabled={isBusy} onClick={() => inject("down")}>
              Take down
            </button>
            <button type="button" disabled={isBusy} onClick={() => inject("blackhole")}>
              Blackhole
            </button>
          </>
        )}
      </fieldset>
      <details>
        <summary>Impair</summary>
        <form class="fields" onSubmit={impair}>
          {IMPAIRMENTS.map(([name, word, example]) => (
            <label key={name}>
              {word}
              <input name={name} placeholder={example} maxLength={20} autocomplete="off" />
            </label>
          ))}
          <button type="submit" disabled={isBusy}>
            Impair each way
          </button>
        </form>
      </details>
    </>
  );
}
