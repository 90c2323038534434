/** A program to run, as data: no shell interprets any part of it. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Written to the program's standard input, which is then closed. Without it there is no standard input. */
  readonly input?: string | Uint8Array;
  /** Added to the environment, which is otherwise small and fixed (environmentOf). */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of our caller's variables that are passed on, if they are set. */
  readonly keepEnv?: readonly string[];
}
