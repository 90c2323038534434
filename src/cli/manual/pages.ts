import type { CommandModule } from "yargs";
import type { Choices } from "../../config/choices.ts";
import { type CommandDescription, describeCommand, type OptionDescription } from "../describe/describe.ts";
import { EXIT_MEANINGS } from "../exit-codes.ts";
import { commandBody, commandSections, exampleLines, optionItem, synopsis } from "./command-parts.ts";
import { configurationSections } from "./conf-page.ts";
import { bold, escapeRoff, italic, item, paragraphs, reference, section } from "./roff.ts";

/** A page of the manual. */
export interface ManualPage {
  /** `ikvswitch-up.1`. */
  readonly file: string;
  readonly text: string;
}

/** What the manual says of a program. */
export interface ManualProgram {
  /** One line. */
  readonly usage: string;
  readonly commands: readonly CommandModule[];
  /** Command lines with their descriptions. */
  readonly examples: readonly (readonly [string, string])[];
}

export interface ManualSource {
  readonly programs: Readonly<Record<string, ManualProgram>>;
  readonly globalOptions: readonly OptionDescription[];
  readonly choices: Choices;
  readonly version: string;
  /** `2026-11-30`. */
  readonly date: string;
}

/** The program whose commands have pages of their own. */
const MAIN = "ikvswitch";

/**
 * Returns the manual: a page for each program, each command of `ikvswitch` and the configuration. All of it is made of
 * the definitions of which the command line and its help are made.
 */
export function manualPages(source: ManualSource): readonly ManualPage[] {
  const { programs } = source;
  const main = describeAll(programs[MAIN]);
  const others = Object.entries(programs).filter(([name]) => name !== MAIN);
  return [
    mainPage(source, main),
    ...main.map((described) => commandPage(source, described)),
    ...others.map(([name, definition]) => otherProgramPage(source, name, definition)),
    configurationPage(source),
  ];
}

function describeAll(definition: ManualProgram | undefined): readonly CommandDescription[] {
  const described = (definition?.commands ?? []).map((module) => describeCommand(module));
  return described.filter(({ summary }) => summary !== null);
}

function mainPage(source: ManualSource, commands: readonly CommandDescription[]): ManualPage {
  const { usage = "", examples = [] } = source.programs[MAIN] ?? {};
  return page(source, MAIN, 1, [
    ...section("NAME", [`${MAIN} \\- ${escapeRoff("run a datacenter fabric on one Linux machine")}`]),
    ...section("SYNOPSIS", [`${bold(MAIN)} ${italic("command")} [options]`]),
    ...section("DESCRIPTION", paragraphs([usage, ...ABOUT])),
    ...section(
      "COMMANDS",
      commands.flatMap(({ path, summary }) =>
        item(reference(`${MAIN}-${path.join("-")}`, 1), `${summary ?? ""}.`),
      ),
    ),
    ...section("GLOBAL OPTIONS", source.globalOptions.flatMap(optionItem)),
    ...exitStatus(),
    ...section(
      "ENVIRONMENT",
      ENVIRONMENT.flatMap(([name, text]) => item(bold(name), text)),
    ),
    ...section(
      "FILES",
      FILES.flatMap(([name, text]) => item(italic(name), text)),
    ),
    ...section(
      "EXAMPLES",
      exampleLines(
        MAIN,
        examples.map(([line, meaning]) => ({ line, meaning })),
      ).slice(1),
    ),
    ...seeAlso([
      ...commands.map(({ path }) => `${MAIN}-${path.join("-")}.1`),
      ...Object.keys(source.programs)
        .filter((name) => name !== MAIN)
        .map((name) => `${name}.1`),
      "ikvswitch.conf.5",
    ]),
  ]);
}

const ABOUT = [
  "The fabric has racks with two leaf switches each, spines, and an internet router, each a real FRR router. They run as " +
    "virtual machines or as network namespaces, speak BGP unnumbered with each other, and provide VLANs, DHCP, network " +
    "boot and LLDP to the servers that you attach to the free rack positions.",
  "An ordinary user can run a fabric in namespaces of that user's own, without changing the host's network.",
];

const ENVIRONMENT = [
  ["IKVSWITCH_CONF", "The configuration file, unless --config or --name is given."],
  ["NO_COLOR", "Turns colours off if it is not empty."],
] as const;

const FILES = [
  ["/etc/ikvswitch/ikvswitch.conf", "The configuration."],
  ["/etc/ikvswitch/NAME.conf", "That of the fabric of --name NAME."],
  ["/etc/ikvswitch/templates", "Templates that replace those of rendered files."],
  ["/var/lib/ikvswitch", "State: keys, images, saved configurations, snapshots, VMs."],
  ["/run/ikvswitch", "What runs."],
] as const;

function commandPage(source: ManualSource, described: CommandDescription): ManualPage {
  const name = `${MAIN}-${described.path.join("-")}`;
  const { summary, children, path } = described;
  const body = commandBody(MAIN, described);
  return page(source, name, 1, [
    ...section("NAME", [`${escapeRoff(name)} \\- ${escapeRoff(summary ?? "")}`]),
    ...section(
      "SYNOPSIS",
      children.length === 0
        ? [synopsis(MAIN, described)]
        : [`${bold(`${MAIN} ${path.join(" ")}`)} ${italic("command")} [options]`],
    ),
    ...section("DESCRIPTION", [escapeRoff(`${summary ?? ""}.`), ...body]),
    ...section("COMMANDS", commandSections(MAIN, children)),
    ...section("GLOBAL OPTIONS", [
      `All commands take ${source.globalOptions.map(({ flags }) => bold(flags.at(-1) ?? "")).join(", ")}:`,
      `see ${reference(MAIN, 1)}.`,
    ]),
    ...exitStatus(),
    ...seeAlso([`${MAIN}.1`, "ikvswitch.conf.5"]),
  ]);
}

function otherProgramPage(source: ManualSource, name: string, definition: ManualProgram): ManualPage {
  return page(source, name, 1, [
    ...section("NAME", [`${escapeRoff(name)} \\- ${escapeRoff(definition.usage)}`]),
    ...section("SYNOPSIS", [`${bold(name)} ${italic("command")} [options]`]),
    ...section("DESCRIPTION", [escapeRoff(definition.usage)]),
    ...section("COMMANDS", commandSections(name, describeAll(definition))),
    ...section("GLOBAL OPTIONS", source.globalOptions.flatMap(optionItem)),
    ...exitStatus(),
    ...section(
      "EXAMPLES",
      exampleLines(
        name,
        definition.examples.map(([line, meaning]) => ({ line, meaning })),
      ).slice(1),
    ),
    ...seeAlso([`${MAIN}.1`, "ikvswitch.conf.5"]),
  ]);
}

function configurationPage(source: ManualSource): ManualPage {
  return page(source, "ikvswitch.conf", 5, [
    ...configurationSections(source.choices),
    ...seeAlso([`${MAIN}.1`, `${MAIN}-config.1`]),
  ]);
}

function exitStatus(): readonly string[] {
  return section(
    "EXIT STATUS",
    EXIT_MEANINGS.flatMap(({ code, meaning }) => item(bold(`${code}`), `${meaning}.`)),
  );
}

function seeAlso(files: readonly string[]): readonly string[] {
  const names = files.map((file) => {
    const at = file.lastIndexOf(".");
    return reference(file.slice(0, at), Number(file.slice(at + 1)));
  });
  return section("SEE ALSO", [names.join(",\n")]);
}

function page(
  { version, date }: ManualSource,
  name: string,
  chapter: number,
  lines: readonly string[],
): ManualPage {
  const title = `.TH "${escapeRoff(name.toUpperCase())}" ${chapter} ${date} "ikvswitch ${version}" "ikvswitch"`;
  return { file: `${name}.${chapter}`, text: `${[title, ...lines].join("\n")}\n` };
}
