import type { Argv, CommandModule } from "yargs";
import type { GlobalOptions } from "./context.ts";

export interface CommandDefinition<Options extends GlobalOptions> {
  /** Name and positional words, as yargs has them: `logs <node>`. */
  readonly command: string;
  /** One line for the list of commands; false hides the command there. */
  readonly describe: string | false;
  readonly builder?: (parser: Argv) => Argv;
  readonly run: (options: Options) => void | Promise<void>;
}

/** `demandCommand`'s message where a program or a group of commands is given none. */
export const MISSING_COMMAND = "missing command";

/**
 * A command of the command line. yargs' types don't follow options through nested commands, so `Options` is taken
 * on trust here, once: it must match what `builder` and the global options declare.
 */
export function command<Options extends GlobalOptions = GlobalOptions>(
  definition: CommandDefinition<Options>,
): CommandModule {
  const { command, describe, builder = (parser: Argv) => parser, run } = definition;
  return {
    command,
    describe,
    // An empty group holds the place of the command's own options before that of the global ones.
    builder: (parser) => builder(parser).group([], "Options:"),
    handler: (words) => run(words as unknown as Options),
  };
}

interface CommandGroup extends CommandModule {
  readonly children: readonly CommandModule[];
}

/** A command that only holds others. */
export function commandGroup(
  name: string,
  describe: string,
  children: readonly CommandModule[],
): CommandGroup {
  return {
    command: name,
    describe,
    children,
    builder: (parser) =>
      children
        .reduce((group, child) => group.command(child), parser)
        .usage(`$0 ${name} <command>\n\n${describe}`)
        .demandCommand(1, 1, MISSING_COMMAND),
    handler: () => {},
  };
}

/** The commands that a group holds; undefined for a command of its own. */
export function childrenOf(module: CommandModule): readonly CommandModule[] | undefined {
  return "children" in module ? (module as CommandGroup).children : undefined;
}

/** `logs` of `logs <node>`. */
export function nameOf(module: CommandModule): string {
  return String(module.command).split(" ")[0] ?? "";
}
