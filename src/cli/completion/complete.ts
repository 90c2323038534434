import type { ArgumentDescription, CommandDescription, OptionDescription } from "../describe/describe.ts";
import { sourceOf, type ValueSource } from "./value-sources.ts";

/** A word that may come next. */
export interface Candidate {
  readonly word: string;
  /** Empty if the word speaks for itself. */
  readonly summary: string;
}

/** What may come next in a command line. */
export interface Completion {
  /** Words that the definitions have: commands, options, choices. */
  readonly candidates: readonly Candidate[];
  readonly source: ValueSource;
  /** What the user has typed of it. */
  readonly typed: string;
  /** The part of the word before that: `--name=`. */
  readonly prefix: string;
  /** Words of the command before this one, such as the switch of a port. */
  readonly before: readonly string[];
  /** The global options that were given, by their flag. */
  readonly given: GivenOptions;
}

/** Values of options, by flag: `--name`. */
export type GivenOptions = Readonly<Record<string, readonly string[]>>;

export interface CompletedProgram {
  readonly commands: readonly CommandDescription[];
  readonly globalOptions: readonly OptionDescription[];
}

/**
 * Tells what the last word of a command line may be. Pure: what the fabric has is looked up by its source.
 * @param words after the program's name; the last one is unfinished, and may be empty.
 */
export function completeLine(program: CompletedProgram, words: readonly string[]): Completion {
  const current = words.at(-1) ?? "";
  const line = readLine(program, words.slice(0, -1));
  const { command, children, given, before } = line;
  const options = [...(command?.options ?? []), ...program.globalOptions];
  const nothing = { candidates: [], source: "none", typed: current, prefix: "", before, given } as const;
  if (line.passesOn) {
    return nothing;
  }
  if (line.open !== undefined) {
    return { ...nothing, ...valueSource(command, line.open, line.open.flags.at(-1) ?? "") };
  }
  const [, flag = "", typed = ""] = /^(--[a-z-]+)=(.*)$/s.exec(current) ?? [];
  const assigned = options.find(({ flags, takesValue }) => takesValue && flags.includes(flag));
  if (assigned !== undefined) {
    return { ...nothing, ...valueSource(command, assigned, flag), typed, prefix: `${flag}=` };
  }
  if (current.startsWith("-")) {
    return { ...nothing, candidates: options.flatMap(optionCandidates) };
  }
  if (children.length > 0) {
    return { ...nothing, candidates: children.flatMap(commandCandidate) };
  }
  const argument = argumentAt(command, before.length);
  return argument === undefined ? nothing : { ...nothing, ...valueSource(command, argument, argument.name) };
}

interface ReadLine {
  readonly command: CommandDescription | undefined;
  /** Commands that may come next. */
  readonly children: readonly CommandDescription[];
  /** The option whose value comes next. */
  readonly open: OptionDescription | undefined;
  readonly before: readonly string[];
  readonly given: GivenOptions;
  /** True for words of another program: `exec leaf1 ip`. */
  readonly passesOn: boolean;
}

function readLine({ commands, globalOptions }: CompletedProgram, words: readonly string[]): ReadLine {
  let command: CommandDescription | undefined;
  let children = commands;
  let open: OptionDescription | undefined;
  const before: string[] = [];
  const given: Record<string, string[]> = {};
  for (const word of words) {
    if (open !== undefined) {
      const flag = open.flags.at(-1) ?? "";
      given[flag] = [...(given[flag] ?? []), word];
      open = undefined;
    } else if (word === "--") {
      return { command, children: [], open, before, given, passesOn: true };
    } else if (word.startsWith("-")) {
      const option = [...(command?.options ?? []), ...globalOptions].find(({ flags }) =>
        flags.includes(word),
      );
      open = option?.takesValue === true ? option : undefined;
      const [, flag, value] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
      if (flag !== undefined && value !== undefined) {
        given[flag] = [...(given[flag] ?? []), value];
      }
    } else if (children.length > 0) {
      command = children.find(({ path }) => path.at(-1) === word);
      children = command?.children ?? [];
      if (command === undefined) {
        // No such command.
        return { command, children, open, before, given, passesOn: true };
      }
    } else {
      before.push(word);
    }
  }
  return { command, children, open, before, given, passesOn: passesOn(command, before.length) };
}

/** Commands after whose first argument all words are for a program in a switch or VM; `enter` has no argument. */
const PASSING = new Map([
  ["ssh", 1],
  ["exec", 1],
  ["vm ssh", 1],
  ["vm exec", 1],
]);

function passesOn(command: CommandDescription | undefined, words: number): boolean {
  const own = PASSING.get(command?.path.join(" ") ?? "");
  return own !== undefined && words >= own;
}

function valueSource(
  command: CommandDescription | undefined,
  { choices }: Pick<OptionDescription, "choices">,
  name: string,
): Pick<Completion, "candidates" | "source"> {
  return {
    candidates: choices.map((word) => ({ word, summary: "" })),
    source: choices.length > 0 ? "none" : (sourceOf(command?.path ?? [], name) ?? "none"),
  };
}

function optionCandidates({ flags, summary }: OptionDescription): readonly Candidate[] {
  return flags.filter((flag) => flag.startsWith("--")).map((word) => ({ word, summary }));
}

function commandCandidate({ path, summary }: CommandDescription): readonly Candidate[] {
  return summary === null ? [] : [{ word: path.at(-1) ?? "", summary }];
}

function argumentAt(command: CommandDescription | undefined, index: number): ArgumentDescription | undefined {
  const last = command?.arguments.at(-1);
  return command?.arguments[index] ?? (last?.repeated === true ? last : undefined);
}
