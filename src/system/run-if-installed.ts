import { CommandError } from "../errors.ts";
import type { Command, Host, RunOptions, RunResult } from "./host.ts";

/** Exit code for a program that does not exist, as in a shell. */
const NOT_FOUND = 127;

/** Runs a program; undefined if it is not installed. */
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
