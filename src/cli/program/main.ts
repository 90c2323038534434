import "../../system/earlier-node.ts";

import { InterruptedError } from "../../errors.ts";
import { setUmask } from "../../system/umask.ts";
import { hasEndedByInterrupt, interrupted, listenForInterrupts } from "../context.ts";
import { asksForJson, runInEnclosure } from "../enclose.ts";
import { ExitCode } from "../exit-codes.ts";
import { endWithReader, print } from "../output.ts";
import { reportError } from "../report-error.ts";
import type { Program } from "./commands.ts";
import { parserOf } from "./parser.ts";

/** Runs one of the three programs with the words after its name, and sets the process's exit code. */
export async function main(program: Program, words: readonly string[]): Promise<void> {
  if (words[0] === COMPLETE) {
    await completeWords(words.slice(1));
    return;
  }
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

/** Hidden, for the completion scripts: `ikvswitch __complete PROGRAM WORD...`. */
const COMPLETE = "__complete";

/** Never fails: the user is in the middle of a command line. */
async function completeWords([name = "", ...words]: readonly string[]): Promise<void> {
  const [{ answerShell }, { describeCommand }, { programs }, { GLOBAL_OPTIONS }] = await Promise.all([
    import("../completion/answer.ts"),
    import("../describe/describe.ts"),
    import("./commands.ts"),
    import("./described-options.ts"),
  ]);
  const definition = Object.entries(programs).find(([program]) => program === name)?.[1];
  const commands = (definition?.commands ?? []).map((module) => describeCommand(module));
  print(await answerShell({ commands, globalOptions: GLOBAL_OPTIONS }, words));
}
