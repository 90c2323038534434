import type { Tone } from "../format/tone.ts";

/** The state of one of the things that a step works on, such as a switch. */
export interface ItemState {
  readonly name: string;
  /** A word or two: `booting`. */
  readonly state: string;
  readonly tone: Tone;
}

/**
 * Reports the progress of a step, in one short line that replaces the previous one.
 * @param items what a terminal shows below, while the step runs
 */
export type Note = (text: string, items?: readonly ItemState[]) => void;

/** Shows the user the steps of a long procedure, such as bringing the fabric up. */
export interface Progress {
  /**
   * Does one step and returns its result. The first failure ends the procedure.
   * @param title the step in a person's words: "Boot nine switches".
   * @param outcome text for its result: "281 devices created"; `done` if empty or absent.
   */
  step<T>(title: string, run: (note: Note) => Promise<T>, outcome?: (result: T) => string): Promise<T>;
}

/** Returns the same, except that no step begins after an interrupt. */
export function untilInterrupted(progress: Progress, interrupted: AbortSignal | undefined): Progress {
  return {
    step: (title, run, outcome) =>
      progress.step(
        title,
        async (note) => {
          interrupted?.throwIfAborted();
          return run(note);
        },
        outcome,
      ),
  };
}
