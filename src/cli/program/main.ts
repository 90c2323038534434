import { InterruptedError } from "../../errors.ts";
import { setUmask } from "../../system/umask.ts";
import { hasEndedByInterrupt, interrupted, listenForInterrupts } from "../context.ts";
import { asksForJson, runInEnclosure } from "../enclose.ts";
import { ExitCode } from "../exit-codes.ts";
import { endWithReader } from "../output.ts";
import { reportError } from "../report-error.ts";
import type { Program } from "./commands.ts";
import { parserOf } from "./parser.ts";

/** Runs one of the three programs with the words after its name, and sets the process's exit code. */
export async function main(program: Program, words: readonly string[]): Promise<void> {
  const report = { debug: words.includes("--debug"), json: asksForJson(words) };
  endWithReader();
  try {
    const exitCode = await runInEnclosure(words);
    if (exitCode !== undefined) {
      process.exitCode = exitCode;
      return;
    }
  } catch (error) {
    process.exitCode = reportError(error, report);
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
      process.exitCode = reportError(new InterruptedError(), { ...report, debug: false });
    } else {
      process.exitCode = reportError(error, report);
    }
  }
}
