import type { Argv, CommandModule } from "yargs";
import type { GlobalOptions } from "./context.ts";

export interface CommandDefinition<Options extends GlobalOptions> {
  /** Name and positional words, in yargs' notation: `logs <node>`. */
  readonly command: string;
  /** One line for the list of commands; false hides the command there. */
  readonly describe: string | false;
  readonly builder?: (parser: Argv) => Argv;
  readonly run: (options: Options) => void | Promise<void>;
}

/** Message of `demandCommand` when a program or a group of commands is called without a command. */
export const MISSING_COMMAND = "missing command";

/**
 * Defines a command of the command line. yargs' types don't follow options through nested commands, so `Options` is a
 * cast, made only here: it must match the declarations of `builder` and of the global options.
 */
export function command<Options extends GlobalOptions = GlobalOptions>(
  definition: CommandDefinition<Options>,
): CommandModule {
  const { command, describe, builder = (parser: Argv) => parser, run } = definition;
  return {
    command,
    describe,
    // An empty group reserves the place of the command's own options before the global ones.
    builder: (parser) => builder(parser).group([], "Options:"),
    handler: (words) => run(words as unknown as Options),
  };
}

interface CommandGroup extends CommandModule {
  readonly children: readonly CommandModule[];
}

/**
 * Defines a command that groups others.
 * @param describe one line for the list of commands; false hides the group there.
 * @param fallback the one that is run when none is named; absent: it is an error to name none.
 */
export function commandGroup(
  name: string,
  describe: string | false,
  children: readonly CommandModule[],
  fallback?: CommandModule,
): CommandGroup {
  return {
    command: name,
    describe,
    children,
    builder: (parser) => {
      const group = children
        .reduce((sofar, child) => sofar.command(child), parser)
        .usage(`$0 ${name} <command>${describe === false ? "" : `\n\n${describe}`}`);
      return fallback === undefined
        ? group.demandCommand(1, 1, MISSING_COMMAND)
        : group.command({ ...fallback, command: "$0", describe: false });
    },
    handler: () => {},
  };
}

/** Returns the commands of a group; undefined for a command that is not a group. */
export function childrenOf(module: CommandModule): readonly CommandModule[] | undefined {
  return "children" in module ? (module as CommandGroup).children : undefined;
}

/** Returns `logs` for `logs <node>`. */
export function nameOf(module: CommandModule): string {
  return String(module.command).split(" ")[0] ?? "";
}
