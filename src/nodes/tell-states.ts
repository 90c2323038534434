import type { Note } from "../system/progress.ts";
import type { NodeOutcome } from "./outcome.ts";

/** Takes what begins, and what has ended, at a node. */
export interface NodeStates {
  /** @param state a word: `booting` */
  readonly begin: (name: string, state: string) => void;
  readonly done: (name: string, outcome: NodeOutcome) => void;
}

/**
 * Notes every change of a node's state.
 * @param names of all nodes
 * @param outcomes where those of ended nodes are added
 */
export function tellStates(
  names: readonly string[],
  outcomes: Record<string, NodeOutcome>,
  note: Note,
): NodeStates {
  const states = new Map<string, string>();
  const tell = () =>
    note(
      `${Object.keys(outcomes).length} of ${names.length} are ready`,
      names.map((name) => {
        const outcome = outcomes[name];
        return outcome === undefined
          ? { name, state: states.get(name) ?? "waiting", tone: "doubtful" }
          : { name, state: outcome, tone: "good" };
      }),
    );
  return {
    begin: (name, state) => {
      states.set(name, state);
      tell();
    },
    done: (name, outcome) => {
      outcomes[name] = outcome;
      tell();
    },
  };
}
