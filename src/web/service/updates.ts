import { changeBetween } from "../model/change.ts";
import type { LabUpdate } from "../model/state.ts";
import type { Watcher } from "../watch/watcher.ts";

/** Returns the whole state, and then what changes; undefined where nothing but time has passed. */
export async function* updates(
  watcher: Watcher,
  ended: AbortSignal,
): AsyncGenerator<LabUpdate | undefined, undefined> {
  const states = watcher.states(ended);
  const first = await states.next();
  if (first.done) {
    return;
  }
  yield { kind: "state", state: first.value };
  let before = first.value;
  for await (const state of states) {
    const change = changeBetween(before, state);
    yield change && { kind: "change", change };
    before = state;
  }
}
