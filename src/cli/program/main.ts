import yargs, { type Argv } from "yargs";
import product from "../../../package.json" with { type: "json" };
import { setUmask } from "../../system/umask.ts";
import { hasEndedByInterrupt, interrupted, listenForInterrupts } from "../context.ts";
import { ExitCode } from "../exit-codes.ts";
import { endWithReader, tell } from "../output.ts";
import { passWordsOn } from "../pass-on.ts";
import { refuseTwice } from "../refuse-twice.ts";
import { reportError } from "../report-error.ts";
import { commands, type Program } from "./commands.ts";

/** Run one of the three programs with the words after its name, and set the process's exit code. */
export async function main(program: Program, words: readonly string[]): Promise<void> {
  setUmask();
  listenForInterrupts();
  endWithReader();
  const debug = words.includes("--debug");
  try {
    await commands[program](globalOptions(yargs([...passWordsOn(words)]).scriptName(program))).parseAsync();
  } catch (error) {
    // Ctrl-C goes to the programs that we run, too, and news of their end may come just before that of ours.
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

function globalOptions(parser: Argv): Argv {
  return parser
    .option("config", {
      type: "string",
      requiresArg: true,
      describe:
        "Configuration file [default: $IKVSWITCH_CONF, /etc/ikvswitch/ikvswitch.conf, the shipped one]",
    })
    .option("set", {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      defaultDescription: "none",
      describe: "KEY=VALUE that overrides the file; may be given several times",
    })
    .option("set-file", {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      defaultDescription: "none",
      describe: "KEY=FILE: the same, with the value in a file; for passwords, since all users see --set",
    })
    .option("json", { type: "boolean", default: false, describe: "Machine-readable output on stdout" })
    .option("debug", { type: "boolean", default: false, describe: "On failure, show where in the program" })
    .parserConfiguration({ "populate--": true, "parse-positional-numbers": false })
    .demandCommand(1, 1, "Say what to do: one of the commands above.")
    .strict()
    .check((words, options) => {
      // The types are wrong about the second, which has the names of options by their kind.
      refuseTwice(words, (options as unknown as { readonly array: readonly string[] }).array);
      return true;
    })
    .recommendCommands()
    .updateStrings(STRINGS as unknown as Record<string, string>)
    .version(product.version)
    .help()
    .alias("help", "h")
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue(
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the machine lacks something, 4 checked and not as planned, 130 interrupted.",
    )
    .fail((message, error, parser) => {
      // yargs' own errors are about words, such as an option without its value.
      if (error !== undefined && error.name !== "YError") {
        throw error;
      }
      // Who said too little wants to know what can be said; who mistyped, where.
      if (/^(Say|Words are missing)/.test(message)) {
        parser.showHelp("error");
        tell(`\n${message}`);
      } else {
        tell(`${message}\nAdd --help to see what can be said.`);
      }
      process.exit(ExitCode.usage);
    });
}

/** Instead of what yargs says, which speaks of "non-option arguments". Its types know no plurals. */
const STRINGS = {
  "Not enough non-option arguments: got %s, need at least %s": {
    one: "Words are missing: %s given, at least %s needed.",
    other: "Words are missing: %s given, at least %s needed.",
  },
  "Not enough arguments following: %s": "The value of %s is missing.",
  "Did you mean %s?": "There is no such command. Did you mean %s?",
};
