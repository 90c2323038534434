import { type CommandDescription, describeCommand, type OptionDescription } from "../describe/describe.ts";
import { type Program, programs } from "./commands.ts";
import { GLOBAL_OPTIONS } from "./described-options.ts";

const INTRO = `# Commands

<!-- Made by \`npm run generate\` from src/cli: change it there. -->

Every command, with its arguments and options. \`--help\` shows the same on a terminal. Exit codes are in the
[README](../README.md#everyday-commands), and what \`--json\` prints in [JSON](json.md).
`;

/** Returns the reference of all commands of the programs, in Markdown. */
export function renderCommands(names: readonly Program[]): string {
  return `${[INTRO, ...names.flatMap(program)].join("\n").trimEnd()}\n`;
}

function program(name: Program): string[] {
  const { usage, commands, examples } = programs[name];
  return [
    `## ${name}\n`,
    `${usage}\n`,
    "Options of every command:\n",
    ...table("option", GLOBAL_OPTIONS.map(optionRow)),
    ...exampleBlock(name, examples),
    ...describedCommands(commands).flatMap((described) => command(name, described)),
  ];
}

/** Describes the commands that are not hidden. */
export function describedCommands(commands: (typeof programs)[Program]["commands"]): CommandDescription[] {
  return commands.map((module) => describeCommand(module)).filter(({ summary }) => summary !== null);
}

function command(name: Program, described: CommandDescription): string[] {
  const { path, synopsis, summary, details, children, options, examples } = described;
  const head = [`### ${name} ${path.join(" ")}\n`, `${summary}.\n`];
  if (children.length > 0) {
    return [...head, ...children.flatMap((child) => command(name, child))];
  }
  const rows = described.arguments.map((each) => [
    `\`${each.name}\``,
    withChoices(each.summary, each.choices),
  ]);
  return [
    ...head,
    "```text",
    [name, synopsis, ...(options.length > 0 && !synopsis.includes("[options]") ? ["[options]"] : [])].join(
      " ",
    ),
    "```\n",
    ...table("argument", rows),
    ...table("option", options.map(optionRow)),
    ...exampleBlock(
      name,
      examples.map(({ line, meaning }) => [line, meaning]),
    ),
    ...details.map(paragraph),
  ];
}

/** A list keeps its columns; other text becomes prose. */
function paragraph(text: string): string {
  return /^ {2}/m.test(text) ? `\`\`\`text\n${text}\n\`\`\`\n` : `${text.replaceAll("<", "&lt;")}\n`;
}

function optionRow({ flags, summary, takesValue, choices }: OptionDescription): string[] {
  return [`\`${flags.join(", ")}${takesValue ? " VALUE" : ""}\``, withChoices(summary, choices)];
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

function exampleBlock(name: Program, examples: readonly (readonly [string, string])[]): string[] {
  if (examples.length === 0) {
    return [];
  }
  const lines = examples.map(([line, meaning]) => [line.replaceAll("$0", name), meaning] as const);
  const width = Math.max(...lines.map(([line]) => line.length));
  return ["```", ...lines.map(([line, meaning]) => `${line.padEnd(width)}  # ${meaning}`), "```\n"];
}
