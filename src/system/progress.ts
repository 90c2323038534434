/** Tells how far a step is, in one short line that replaces the one before. */
export type Note = (text: string) => void;

/** Shows the user the steps of a long procedure, such as bringing the fabric up. */
export interface Progress {
  /**
   * Do one step and give what it gives. The first that fails ends the procedure.
   * @param title what is being done, as a person would say it: "Boot nine switches".
   * @param outcome what came of it: "281 devices created"; `done` where it is empty or absent.
   */
  step<T>(title: string, run: (note: Note) => Promise<T>, outcome?: (result: T) => string): Promise<T>;
}

/** The same, without a step that begins once the user has asked to stop. */
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
