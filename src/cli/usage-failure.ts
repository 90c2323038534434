import type { CommandModule } from "yargs";
import { suggest } from "../config/suggest.ts";
import { childrenOf, MISSING_COMMAND, nameOf } from "./command.ts";
import { nextWord } from "./words.ts";

/** A program's name and its commands. */
export interface ProgramCommands {
  readonly name: string;
  readonly commands: readonly CommandModule[];
}

export interface UsageFailure {
  readonly text: string;
  /** True if the user gave no command: the error lists the available ones. */
  readonly showsHelp: boolean;
}

/** yargs' own texts, replaced by ones that `explainUsage` can parse. yargs' types lack plurals. */
export const YARGS_STRINGS = {
  "Not enough non-option arguments: got %s, need at least %s": same("missing argument #%s of %s"),
  "Too many non-option arguments: got %s, maximum of %s": same("too many words: %s, not %s"),
  "Unknown argument: %s": same("unknown: %s"),
  "Not enough arguments following: %s": "missing value: %s",
  "Invalid values:": "invalid value",
  "Argument: %s, Given: %s, Choices: %s": "--%s: %s (choose from %s)",
};

/**
 * Turns yargs' error about the command line into a message for the user.
 * @param message yargs' text, in the form of `YARGS_STRINGS`
 * @param words the words after the program's name
 */
export function explainUsage(
  message: string,
  program: ProgramCommands,
  words: readonly string[],
): UsageFailure {
  const found = findCommand(program, words);
  return message === MISSING_COMMAND
    ? { text: message, showsHelp: true }
    : {
        text: `${problem(message, found, words)}\nSee '${found.path.join(" ")} --help'.`,
        showsHelp: false,
      };
}

interface Found {
  /** "ikvswitch", "link", "down". */
  readonly path: readonly string[];
  /** "down <endpoint> [peer]"; null for a program or a group of commands. */
  readonly form: string | null;
  /** Names of the commands that could follow. */
  readonly candidates: readonly string[];
  /** The word that is none of them. */
  readonly unknown: string | undefined;
}

/** Returns the command that the words name, or the group in which they name none. */
function findCommand({ name, commands }: ProgramCommands, words: readonly string[]): Found {
  let path: readonly string[] = [name];
  let children: readonly CommandModule[] | undefined = commands;
  let form: string | null = null;
  for (let at = nextWord(words, 0); children !== undefined; at = nextWord(words, at + 1)) {
    const chosen: CommandModule | undefined = children.find((child) => nameOf(child) === words[at]);
    if (chosen === undefined) {
      return { path, form: null, candidates: children.map(nameOf), unknown: words[at] };
    }
    path = [...path, nameOf(chosen)];
    form = String(chosen.command);
    children = childrenOf(chosen);
  }
  return { path, form, candidates: [], unknown: undefined };
}

function problem(message: string, found: Found, words: readonly string[]): string {
  const [, index] = /^missing argument #(\d+) of/.exec(message) ?? [];
  if (index !== undefined) {
    return `missing argument: ${argumentName(found.form ?? "", Number(index))}`;
  }
  const [, option] = /^missing value: (.+)$/.exec(message) ?? [];
  if (option !== undefined) {
    return `missing value of ${dashed(option)}`;
  }
  const [, choice] = /^invalid value\s+(--.+)$/.exec(message) ?? [];
  if (choice !== undefined) {
    return `invalid value of ${choice}`;
  }
  const unknown = message.startsWith("too many words: ")
    ? found.unknown
    : /^unknown: ([^,]+)/.exec(message)?.[1];
  return unknown === undefined ? message : unknownWord(unknown, found, words);
}

function unknownWord(word: string, { form, candidates }: Found, words: readonly string[]): string {
  const option = dashed(word);
  if (words.some((given) => given === option || given.startsWith(`${option}=`) || given === `--no-${word}`)) {
    return `unknown option: ${option}`;
  }
  if (form !== null) {
    return `unexpected argument: ${word}`;
  }
  const meant = suggest(word, candidates);
  return `unknown command: ${word}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

/** "NODE" for the first argument of "capture <node> [iface]". */
function argumentName(form: string, index: number): string {
  const names = [...form.matchAll(/<([a-z]+)/g)].map(([, name = ""]) => name.toUpperCase());
  return names[index] ?? "";
}

function dashed(option: string): string {
  return `${option.length === 1 ? "-" : "--"}${option}`;
}

function same(text: string): { readonly one: string; readonly other: string } {
  return { one: text, other: text };
}
