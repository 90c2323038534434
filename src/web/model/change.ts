import { type Changes, KEYED, type LabChange, type LabState, MAX_EVENTS } from "./state.ts";

/** Returns what `after` has that `before` has not; undefined if they are the same. */
export function changeBetween(before: LabState, after: LabState): LabChange | undefined {
  const plain = Object.fromEntries(
    Object.entries(plainPart(after)).filter(([key, value]) => !isSame(value, before[key as keyof LabState])),
  );
  const last = before.events.at(-1)?.id ?? 0;
  const events = after.events.filter(({ id }) => id > last);
  const change: LabChange = {
    ...(Object.keys(plain).length === 0 ? {} : { plain }),
    ...Object.fromEntries(
      KEYED.flatMap((key) => {
        const changes = changesOf<unknown>(before[key], after[key]);
        return changes === undefined ? [] : [[key, changes]];
      }),
    ),
    ...(events.length === 0 ? {} : { events }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

/** Returns the state that a change leads to. */
export function withChange(state: LabState, change: LabChange): LabState {
  return {
    ...state,
    ...change.plain,
    nodes: applied(state.nodes, change.nodes),
    links: applied(state.links, change.links),
    rates: applied(state.rates, change.rates),
    events: [...state.events, ...(change.events ?? [])].slice(-MAX_EVENTS),
  };
}

function plainPart(state: LabState): object {
  const { nodes: _nodes, links: _links, rates: _rates, events: _events, ...plain } = state;
  return plain;
}

function changesOf<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): Changes<T> | undefined {
  const gone = Object.keys(before).filter((key) => !(key in after));
  const changed = Object.entries(after).filter(([key, value]) => !isSame(value, before[key]));
  const all = [...changed, ...gone.map((key) => [key, null] as const)];
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

function applied<T>(items: Readonly<Record<string, T>>, changes: Changes<T> | undefined) {
  if (changes === undefined) {
    return items;
  }
  const all = Object.entries({ ...items, ...changes });
  return Object.fromEntries(all.filter((entry): entry is [string, T] => entry[1] !== null));
}

/** Compares plain JSON whose keys are written in one order. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
