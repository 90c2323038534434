import yargs, { type Argv } from "yargs";
import product from "../../../package.json" with { type: "json" };
import { MISSING_COMMAND } from "../command.ts";
import { asksForJson } from "../enclose.ts";
import { EXIT_MEANINGS, ExitCode } from "../exit-codes.ts";
import { tell, terminalColumns } from "../output.ts";
import { passWordsOn } from "../pass-on.ts";
import { refuseTwice } from "../refuse-twice.ts";
import { reportFailure, usageFailure } from "../report-error.ts";
import { explainUsage, YARGS_STRINGS } from "../usage-failure.ts";
import { type Program, programs } from "./commands.ts";
import { declareGlobalOptions } from "./global-options.ts";

/** Returns a parser for a program's command line; it exits the process on a usage error. */
export function parserOf(name: Program, words: readonly string[]): Argv {
  const { usage, commands, examples } = programs[name];
  const parser = globalOptions(yargs([...passWordsOn(words)]).scriptName(name))
    .usage(`$0 <command>\n\n${usage}`)
    .fail((message, error, shown) => {
      // Errors of yargs itself concern the command line, such as an option without its value.
      if (error !== undefined && error.name !== "YError") {
        throw error;
      }
      const { text, showsHelp } = explainUsage(message, { name, commands }, words);
      if (asksForJson(words)) {
        reportFailure(usageFailure(text), true);
        process.exit(ExitCode.usage);
      }
      if (showsHelp) {
        shown.showHelp("error");
      }
      tell(showsHelp ? `\n${text}` : text);
      process.exit(ExitCode.usage);
    });
  for (const command of commands) {
    parser.command(command);
  }
  for (const [line, meaning] of examples) {
    parser.example(line, meaning);
  }
  return parser;
}

function globalOptions(parser: Argv): Argv {
  return declareGlobalOptions(hideTypes(parser))
    .version(product.version)
    .help()
    .alias("help", "h")
    .group(["name", "config", "set", "set-file", "json", "debug", "version", "help"], "Global options:")
    .parserConfiguration({ "populate--": true, "parse-positional-numbers": false })
    .demandCommand(1, 1, MISSING_COMMAND)
    .strict()
    .check((words, options) => {
      // yargs' types are wrong about the second argument, which has the names of options by their kind.
      refuseTwice(words, (options as unknown as { readonly array: readonly string[] }).array);
      return true;
    })
    .updateStrings(YARGS_STRINGS as unknown as Record<string, string>)
    .wrap(Math.min(110, terminalColumns() ?? 110))
    .epilogue(`Exit codes: ${EXIT_MEANINGS.map(({ code, meaning }) => `${code} ${meaning}`).join(", ")}.`);
}

/** Omits `[string] [required] [default: []]` from help. yargs' types lack this setting. */
function hideTypes(parser: Argv): Argv {
  return (parser as Argv & { usageConfiguration(settings: object): Argv }).usageConfiguration({
    "hide-types": true,
  });
}
