import type { Argv, CommandModule, Options, PositionalOptions } from "yargs";
import { childrenOf, nameOf } from "../command.ts";
import { type Program, programs } from "./commands.ts";
import { globalOptions } from "./parser.ts";

/** A command as its definition has it, for documents and completions. */
export interface CommandDescription {
  /** With its program: `["ikvswitch", "link", "down"]`. */
  readonly path: readonly string[];
  /** What follows the path: `<endpoint> [peer]`. */
  readonly usage: string;
  readonly summary: string;
  /** Commands below it; empty unless it is a group. */
  readonly children: readonly CommandDescription[];
  readonly positionals: readonly PositionalDescription[];
  readonly options: readonly OptionDescription[];
  /** Command lines with their meanings; `$0` is the program. */
  readonly examples: readonly (readonly [string, string])[];
  readonly epilogue: string;
}

export interface PositionalDescription {
  readonly name: string;
  readonly summary: string;
  readonly choices: readonly string[];
}

export interface OptionDescription {
  /** Without dashes. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly takesValue: boolean;
  readonly isRepeatable: boolean;
  readonly choices: readonly string[];
  readonly isRequired: boolean;
}

/** Describes a program, with all its commands below it. Hidden commands are omitted. */
export function describeProgram(name: Program): CommandDescription {
  const { usage, commands, examples } = programs[name];
  const recorded = record(globalOptions);
  return {
    path: [name],
    usage: "<command>",
    summary: usage,
    children: commands.flatMap((module) => describe(module, [name])),
    ...recorded,
    options: [...recorded.options, ...OPTIONS_OF_YARGS],
    examples,
  };
}

/** Options that yargs itself adds: their descriptions are yargs' own. */
const OPTIONS_OF_YARGS = [
  { name: "help", aliases: ["h"], summary: "Show help" },
  { name: "version", aliases: [], summary: "Show version number" },
].map((option) => ({ ...option, takesValue: false, isRepeatable: false, choices: [], isRequired: false }));

function describe(module: CommandModule, above: readonly string[]): CommandDescription[] {
  if (typeof module.describe !== "string") {
    return [];
  }
  const path = [...above, nameOf(module)];
  const children = childrenOf(module);
  return [
    {
      path,
      usage: children === undefined ? String(module.command).split(" ").slice(1).join(" ") : "<command>",
      summary: module.describe,
      children: (children ?? []).flatMap((child) => describe(child, path)),
      ...(children === undefined && typeof module.builder === "function"
        ? record(module.builder as (parser: Argv) => unknown)
        : NOTHING),
    },
  ];
}

type Recorded = Pick<CommandDescription, "positionals" | "options" | "examples" | "epilogue">;

const NOTHING: Recorded = { positionals: [], options: [], examples: [], epilogue: "" };

/** Returns what a builder tells a parser. */
function record(build: (parser: Argv) => unknown): Recorded {
  const positionals: PositionalDescription[] = [];
  const options: OptionDescription[] = [];
  const examples: (readonly [string, string])[] = [];
  let epilogue = "";
  const methods: Readonly<Record<string, (...words: never[]) => void>> = {
    positional: (name: string, spec: PositionalOptions) =>
      positionals.push({ name, summary: spec.describe ?? "", choices: choicesOf(spec) }),
    option: (name: string, spec: Options) => options.push(describeOption(name, spec)),
    example: (line: string, meaning: string) => examples.push([line, meaning]),
    epilogue: (text: string) => {
      epilogue = text;
    },
  };
  // Answers every other method as yargs does, with the parser itself.
  const parser: Argv = new Proxy({} as Argv, {
    get:
      (_, method: string) =>
      (...words: never[]) => {
        methods[method]?.(...words);
        return parser;
      },
  });
  build(parser);
  return { positionals, options, examples, epilogue };
}

function describeOption(name: string, spec: Options): OptionDescription {
  return {
    name,
    aliases: [spec.alias ?? []].flat(),
    summary: spec.describe ?? "",
    takesValue: spec.type !== "boolean" && spec.type !== "count",
    isRepeatable: spec.array === true || spec.type === "array",
    choices: choicesOf(spec),
    isRequired: spec.demandOption !== undefined && spec.demandOption !== false,
  };
}

function choicesOf({ choices }: Pick<Options, "choices">): string[] {
  return (choices ?? []).map(String);
}
