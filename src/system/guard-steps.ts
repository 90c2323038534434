import type { Step } from "./steps.ts";

/**
 * The same steps, none of which is begun once the user has asked to stop, and with a word about where things stand when
 * one fails.
 * @param standing where they stand then; undefined where there is nothing to tell.
 */
export function guardSteps(
  steps: readonly Step[],
  {
    interrupted,
    standing,
    onWarning,
  }: {
    readonly interrupted: AbortSignal | undefined;
    readonly standing: () => string | undefined;
    readonly onWarning: (text: string) => void;
  },
): readonly Step[] {
  return steps.map(({ title, run }) => ({
    title,
    run: async (note) => {
      try {
        interrupted?.throwIfAborted();
        return await run(note);
      } catch (error) {
        const text = standing();
        if (text !== undefined) {
          onWarning(text);
        }
        throw error;
      }
    },
  }));
}
