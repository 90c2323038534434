import { CommandError } from "../errors.ts";
import type { Command, Host, RunOptions, RunResult } from "./host.ts";

/** Exit code with which a program that is not there is answered, as by a shell. */
const NOT_FOUND = 127;

/** Undefined where the program is not installed. */
export async function runIfInstalled(
  host: Host,
  command: Command,
  options: RunOptions = {},
): Promise<RunResult | undefined> {
  try {
    return await host.run(command, options);
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === NOT_FOUND) {
      return undefined;
    }
    throw error;
  }
}
