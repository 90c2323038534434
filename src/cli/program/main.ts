import { setUmask } from "../../system/umask.ts";
import { hasEndedByInterrupt, interrupted, listenForInterrupts } from "../context.ts";
import { runInEnclosure } from "../enclose.ts";
import { ExitCode } from "../exit-codes.ts";
import { endWithReader, tell } from "../output.ts";
import { reportError } from "../report-error.ts";
import type { Program } from "./commands.ts";
import { parserOf } from "./parser.ts";

/** Runs one of the three programs with the words after its name, and sets the process's exit code. */
export async function main(program: Program, words: readonly string[]): Promise<void> {
  const debug = words.includes("--debug");
  endWithReader();
  try {
    const exitCode = await runInEnclosure(words);
    if (exitCode !== undefined) {
      process.exitCode = exitCode;
      return;
    }
  } catch (error) {
    process.exitCode = reportError(error, debug);
    return;
  }
  setUmask();
  listenForInterrupts();
  try {
    await parserOf(program, words).parseAsync();
  } catch (error) {
    // The terminal also sends Ctrl-C to our child processes, whose end may be reported before our own signal arrives.
    await new Promise((resolve) => setImmediate(resolve));
    if (hasEndedByInterrupt()) {
      process.exitCode = ExitCode.done;
    } else if (interrupted.aborted) {
      tell("Interrupted.");
      process.exitCode = ExitCode.interrupted;
    } else {
      process.exitCode = reportError(error, debug);
    }
  }
}
