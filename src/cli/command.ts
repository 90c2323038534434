import type { Argv, CommandModule } from "yargs";
import type { GlobalOptions } from "./context.ts";

export interface CommandDefinition<Options extends GlobalOptions> {
  /** Name and positional words, as yargs has them: `logs <node>`. */
  readonly command: string;
  readonly describe: string;
  readonly builder?: (parser: Argv) => Argv;
  readonly run: (options: Options) => void | Promise<void>;
}

/**
 * A command of the command line. yargs' types don't follow options through nested commands, so `Options` is taken
 * on trust here, once: it must match what `builder` and the global options declare.
 */
export function command<Options extends GlobalOptions = GlobalOptions>(
  definition: CommandDefinition<Options>,
): CommandModule {
  const { command, describe, builder = (parser: Argv) => parser, run } = definition;
  return { command, describe, builder, handler: (words) => run(words as unknown as Options) };
}

/** A command that only holds others. */
export function commandGroup(
  name: string,
  describe: string,
  children: readonly CommandModule[],
): CommandModule {
  return {
    command: name,
    describe,
    builder: (parser) =>
      children
        .reduce((group, child) => group.command(child), parser)
        .demandCommand(1, 1, `Say which: ${children.map(nameOf).join(", ")}.`),
    handler: () => {},
  };
}

function nameOf(child: CommandModule): string {
  return String(child.command).split(" ")[0] ?? "";
}
