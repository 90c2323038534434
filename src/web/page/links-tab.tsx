import { useState } from "preact/hooks";
import { nameOfLink } from "./plan.ts";
import type { TabProps } from "./props.ts";
import { linkTone, linkWord, rateWord, SIGNS } from "./words.ts";

/** Rows of a large fabric; the search finds the others. */
const MAX_ROWS = 200;

/** The table of all links: those with a fault first, then the busiest. */
export function LinksTab({ plan, state, actions }: TabProps) {
  const [search, setSearch] = useState("");
  const [hasServers, setServers] = useState(false);
  const all = [...plan.links.values()]
    .filter(
      (link) => hasServers || search !== "" || link.kind !== "server" || isFaulty(state, link.bridge.name),
    )
    .map(({ bridge: { name: bridge } }) => ({ bridge, name: nameOfLink(plan, bridge) }))
    .filter(({ bridge, name }) => `${name} ${bridge}`.toLowerCase().includes(search.toLowerCase()))
    .sort((one, other) => weightOf(state, other.bridge) - weightOf(state, one.bridge));
  return (
    <>
      <div class="filters">
        <label>
          Search{" "}
          <input
            type="search"
            value={search}
            placeholder="spine1, leaf3 ens4, iksb12"
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <label class="choice">
          <input
            type="checkbox"
            checked={hasServers}
            onChange={(event) => setServers(event.currentTarget.checked)}
          />{" "}
          links to rack positions, too
        </label>
      </div>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Link</th>
              <th scope="col">State</th>
              <th scope="col">There</th>
              <th scope="col">Back</th>
              <th scope="col">Bridge</th>
            </tr>
          </thead>
          <tbody>
            {all.slice(0, MAX_ROWS).map(({ bridge, name }) => {
              const view = state.links[bridge];
              const rates = state.rates[bridge];
              const tone = linkTone(view);
              return (
                <tr key={bridge}>
                  <th scope="row">
                    <button
                      type="button"
                      class="link-button"
                      onClick={() => actions.select({ kind: "link", bridge })}
                    >
                      {name}
                    </button>
                  </th>
                  <td class={tone}>
                    <span aria-hidden="true">{SIGNS[tone]}</span> {linkWord(view)}
                  </td>
                  <td class="numbers">{rates && rateWord(rates.there)}</td>
                  <td class="numbers">{rates && rateWord(rates.back)}</td>
                  <td class="mono">{bridge}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {all.length > MAX_ROWS && <p class="muted">and {all.length - MAX_ROWS} more: search for them.</p>}
      {all.length === 0 && <p class="muted">No link has this name.</p>}
    </>
  );
}

function isFaulty(state: TabProps["state"], bridge: string): boolean {
  return ["bad", "doubtful"].includes(linkTone(state.links[bridge]));
}

/** Links of the same rate keep the order of the plan. */
function weightOf(state: TabProps["state"], bridge: string): number {
  const rates = state.rates[bridge];
  // Steps, since rows that change places all the time can't be clicked.
  const bits = rates === undefined ? 0 : Math.floor(Math.log10(1 + rates.there.bits + rates.back.bits) / 2);
  return (isFaulty(state, bridge) ? 1_000 : 0) + bits;
}
