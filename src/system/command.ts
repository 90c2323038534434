/** A program to run, as data: nothing in it is ever read by a shell. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Written to the program's standard input, which is then closed. Without it there is no standard input. */
  readonly input?: string | Uint8Array;
  /** Added to the environment, which is otherwise small and fixed (environmentOf). */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of our caller's variables that it is given, too, where they are set. */
  readonly keepEnv?: readonly string[];
}
