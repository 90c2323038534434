import type { Program } from "./commands.ts";
import { type CommandDescription, describeProgram, type OptionDescription } from "./describe-commands.ts";

const INTRO = `# Commands

<!-- Made by \`npm run generate\` from src/cli: change it there. -->

Every command, with its arguments and options. \`--help\` shows the same on a terminal. Exit codes are in the
[README](../README.md#everyday-commands), and what an error of \`--json\` looks like in [errors](errors.md).
`;

/** Returns the reference of all commands of the programs, in Markdown. */
export function renderCommands(names: readonly Program[]): string {
  return `${[INTRO, ...names.flatMap((name) => program(describeProgram(name)))].join("\n").trimEnd()}\n`;
}

function program(described: CommandDescription): string[] {
  const { path, summary, options, children, examples } = described;
  return [
    `## ${path.join(" ")}\n`,
    `${summary}\n`,
    "Options of every command:\n",
    ...table("option", options.map(optionRow)),
    ...exampleBlock(path, examples),
    ...children.flatMap((child) => command(child)),
  ];
}

function command(described: CommandDescription): string[] {
  const { path, usage, summary, children, positionals, options, examples, epilogue } = described;
  const head = `### ${path.join(" ")}\n`;
  if (children.length > 0) {
    return [head, `${summary}.\n`, ...children.flatMap(command)];
  }
  return [
    head,
    `${summary}.\n`,
    "```text",
    [...path, usage, ...(options.length > 0 ? ["[options]"] : [])].filter(Boolean).join(" "),
    "```\n",
    ...table(
      "argument",
      positionals.map(({ name, summary, choices }) => [`\`${name}\``, withChoices(summary, choices)]),
    ),
    ...table("option", options.map(optionRow)),
    ...exampleBlock(path, examples),
    ...(epilogue === "" ? [] : ["```text", epilogue, "```\n"]),
  ];
}

function optionRow({ name, aliases, summary, takesValue, choices, isRequired }: OptionDescription): string[] {
  const words = [...aliases.map((alias) => (alias.length === 1 ? `-${alias}` : `--${alias}`)), `--${name}`];
  const value = takesValue ? " VALUE" : "";
  const need = isRequired ? " (required)" : "";
  return [`\`${words.join(", ")}${value}\``, `${withChoices(summary, choices)}${need}`];
}

/** Adds the choices that the summary does not name itself. */
function withChoices(summary: string, choices: readonly string[]): string {
  return choices.every((choice) => summary.includes(choice)) ? summary : `${summary}: ${choices.join(", ")}`;
}

function table(head: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0
    ? []
    : [
        `| ${head} | meaning |`,
        "| --- | --- |",
        ...rows.map((cells) => `| ${cells.map(escapeCell).join(" | ")} |`),
        "",
      ];
}

/** Escapes text for a cell: a bar would end it, and what looks like an element would be one. */
function escapeCell(text: string): string {
  const escaped = text.replaceAll("|", "\\|");
  return text.startsWith("`") ? escaped : escaped.replaceAll("<", "&lt;");
}

function exampleBlock(path: readonly string[], examples: CommandDescription["examples"]): string[] {
  if (examples.length === 0) {
    return [];
  }
  const lines = examples.map(([line, meaning]) => [line.replaceAll("$0", path[0] ?? ""), meaning] as const);
  const width = Math.max(...lines.map(([line]) => line.length));
  return ["```", ...lines.map(([line, meaning]) => `${line.padEnd(width)}  # ${meaning}`), "```\n"];
}
