import type {
  ArgumentDescription,
  CommandDescription,
  ExampleDescription,
  OptionDescription,
} from "../describe/describe.ts";
import { bold, escapeRoff, italic, item, paragraphs, subsection, verbatim } from "./roff.ts";

/** Returns a command line with its fixed words in bold and the user's in italics. */
export function synopsis(program: string, { synopsis: form, options }: CommandDescription): string {
  const words = form.split(" ");
  const fixed = words.findIndex((word) => /[<[.]/.test(word));
  const names = fixed === -1 ? words : words.slice(0, fixed);
  const others = fixed === -1 ? [] : words.slice(fixed);
  const written = others.some((word) => word === "[options]");
  const shown = written || options.length === 0 ? others : ["[options]", ...others];
  return [bold([program, ...names].join(" ")), ...shown.map(argumentWord)].join(" ");
}

/** Returns `<node>` as the node in italics, `[iface]` as the same in brackets. */
function argumentWord(word: string): string {
  return word
    .split(/([a-zA-Z-]+)/)
    .map((part) => (/[a-zA-Z]/.test(part) ? italic(part) : escapeRoff(part.replaceAll(/[<>]/g, ""))))
    .join("");
}

/** Returns what a command's page, or its part of a group's page, says of it. */
export function commandBody(program: string, described: CommandDescription): readonly string[] {
  const { details, options, examples } = described;
  return [
    ...(details.length === 0 ? [] : [".PP", ...paragraphs(details)]),
    ...described.arguments.flatMap(argumentItem),
    ...options.flatMap(optionItem),
    ...exampleLines(program, examples),
  ];
}

export function exampleLines(program: string, examples: readonly ExampleDescription[]): readonly string[] {
  return examples.flatMap(({ line, meaning }) => [
    ".PP",
    escapeRoff(`${meaning.slice(0, 1).toUpperCase()}${meaning.slice(1)}:`),
    ...verbatim([line.replaceAll("$0", program)]),
  ]);
}

export function optionItem({ flags, takesValue, choices, summary }: OptionDescription): readonly string[] {
  const value = takesValue ? ` ${choices.length > 0 ? choiceList(choices) : italic(valueName(summary))}` : "";
  return item(`${flags.map(bold).join(", ")}${value}`, summary);
}

function argumentItem({ name, choices, summary, repeated }: ArgumentDescription): readonly string[] {
  const term = choices.length > 0 ? `${italic(name)}: ${choiceList(choices)}` : italic(name);
  return item(`${term}${repeated ? " ..." : ""}`, summary);
}

function choiceList(choices: readonly string[]): string {
  return choices.map(bold).join("|");
}

/** "KEY=VALUE" for an option whose summary has such a word, or "VALUE". */
function valueName(summary: string): string {
  return /\b[A-Z]{2,}=[A-Z_]{2,}\b/.exec(summary)?.[0] ?? "VALUE";
}

/** Returns a group's commands, and those of a program, each with its own part. */
export function commandSections(program: string, children: readonly CommandDescription[]): readonly string[] {
  return children.flatMap((child) => [
    ...subsection([program, ...child.path].join(" "), [
      escapeRoff(`${child.summary ?? ""}.`),
      ".PP",
      synopsis(program, child),
      ...commandBody(program, child),
    ]),
    ...commandSections(program, child.children),
  ]);
}
