import type { Argv, CommandModule } from "yargs";
import { childrenOf, nameOf } from "../command.ts";

/** A command as it is defined for yargs, as data: man pages and completion are made of it. */
export interface CommandDescription {
  /** The words after the program's name: `link`, `down`. */
  readonly path: readonly string[];
  /** In yargs' notation, without the program's name: `link down <endpoint> [peer]`. */
  readonly synopsis: string;
  /** One line; null for a hidden command. */
  readonly summary: string | null;
  /** What its help says besides the summary, in paragraphs. */
  readonly details: readonly string[];
  readonly arguments: readonly ArgumentDescription[];
  readonly options: readonly OptionDescription[];
  readonly examples: readonly ExampleDescription[];
  /** Empty for a command that is not a group. */
  readonly children: readonly CommandDescription[];
}

export interface ArgumentDescription {
  readonly name: string;
  readonly summary: string;
  readonly repeated: boolean;
  /** Empty if any word is allowed. */
  readonly choices: readonly string[];
}

export interface OptionDescription {
  /** `--timeout`, and `-t` if it has one. */
  readonly flags: readonly string[];
  readonly summary: string;
  readonly takesValue: boolean;
  /** Empty if any value is allowed. */
  readonly choices: readonly string[];
}

export interface ExampleDescription {
  /** A command line, in which `$0` is the program. */
  readonly line: string;
  readonly meaning: string;
}

/** Returns the description of a command, and of the commands in it that are not hidden. */
export function describeCommand(module: CommandModule, above: readonly string[] = []): CommandDescription {
  const { usage, ...recorded } = record(module.builder);
  const path = [...above, nameOf(module)];
  const form = [...above, String(module.command)].join(" ");
  const summary = typeof module.describe === "string" ? module.describe : null;
  const children = childrenOf(module) ?? [];
  const [first = "", ...others] = (usage ?? "").split("\n\n");
  const own = first.replace(/^\$0 /, "");
  return {
    path,
    synopsis: children.length === 0 && own !== "" ? own : form,
    summary,
    details: others.filter((paragraph) => paragraph !== `${summary ?? ""}.`).concat(recorded.details),
    arguments: recorded.arguments,
    options: recorded.options,
    examples: recorded.examples,
    children: children.map((child) => describeCommand(child, path)).filter((child) => child.summary !== null),
  };
}

/** Returns the options that a function declares, as that of the global ones. */
export function describeOptions(declare: (parser: Argv) => Argv): readonly OptionDescription[] {
  return record(declare).options;
}

interface OptionDefinition {
  readonly alias?: string;
  readonly type?: "string" | "number" | "boolean";
  readonly array?: boolean;
  readonly choices?: readonly string[];
  readonly describe?: string;
}

/**
 * Calls a builder with a parser that only notes what it is told, since yargs tells nothing of what it has been told. It
 * has the methods that our commands use: a test calls it for each of them.
 */
function record(builder: unknown) {
  const recorded = {
    usage: undefined as string | undefined,
    details: [] as string[],
    arguments: [] as ArgumentDescription[],
    options: [] as OptionDescription[],
    examples: [] as ExampleDescription[],
  };
  const parser = {
    command: (module: CommandModule) => {
      // A group takes the options of the command that it runs when none is named.
      if (module.command === "$0" && typeof module.builder === "function") {
        module.builder(parser as unknown as Argv);
      }
      return parser;
    },
    demandCommand: () => parser,
    group: () => parser,
    usage: (text: string) => {
      recorded.usage = text;
      return parser;
    },
    epilogue: (text: string) => {
      recorded.details.push(text);
      return parser;
    },
    example: (line: string, meaning: string) => {
      recorded.examples.push({ line, meaning });
      return parser;
    },
    positional: (name: string, definition: OptionDefinition) => {
      const { describe = "", array = false, choices = [] } = definition;
      recorded.arguments.push({ name, summary: describe, repeated: array, choices });
      return parser;
    },
    option: (name: string, { alias, describe = "", type, choices = [] }: OptionDefinition) => {
      recorded.options.push({
        flags: [...(alias === undefined ? [] : [`-${alias}`]), `--${name}`],
        summary: describe,
        takesValue: type !== "boolean",
        choices,
      });
      return parser;
    },
  };
  if (typeof builder === "function") {
    builder(parser);
  }
  return recorded;
}
