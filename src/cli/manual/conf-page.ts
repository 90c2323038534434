import { type Choices, typeOfKey } from "../../config/choices.ts";
import type { AnySpec } from "../../config/keys/key-spec.ts";
import { SECTIONS } from "../../config/keys/table.ts";
import { isFamily, numberedKey } from "../../config/keys.ts";
import { describeKey, describeValue } from "../../config/template.ts";
import { bold, escapeRoff, paragraphs, section, subsection, verbatim } from "./roff.ts";

const INTRO = [
  "ikvswitch reads the first of these files that exists: the one of --config, the one of the environment variable " +
    "IKVSWITCH_CONF, /etc/ikvswitch/ikvswitch.conf, the one that comes with ikvswitch. With --name NAME the file is " +
    "/etc/ikvswitch/NAME.conf. An ordinary user's own file, ~/.config/ikvswitch/ikvswitch.conf, comes before that of " +
    "/etc/ikvswitch. The option --set KEY=VALUE overrides the file.",
  "The file has a shell's syntax and is never executed. Each line has one KEY=VALUE, without blanks around the equals " +
    `sign; # begins a comment. $NAME and \${NAME} are the value of a key that an earlier line set, or its default; ` +
    "$(( ... )) calculates with whole numbers. Blanks are literal in double quotes, all characters are in single " +
    "quotes. A backslash at the end of a line joins the next one. Commands, and all else that a shell would execute, " +
    "are errors, and so are unknown keys. Lists are separated by commas or blanks.",
  "'ikvswitch config template' prints a file with every key, 'config show' all values with their origin, and 'config " +
    "validate' lists all mistakes.",
];

const EXAMPLE = [
  "NUM_RACKS=2",
  "HOST_VIRTUAL_SUBNET_START_PREFIX=10.20",
  `DHCP_RELAY_DESTINATION=\${HOST_VIRTUAL_SUBNET_START_PREFIX}.100.2`,
];

/** Returns the sections of ikvswitch.conf(5), made of the table of keys. */
export function configurationSections(choices: Choices): readonly string[] {
  return [
    ...section("NAME", [`ikvswitch.conf \\- ${escapeRoff("configuration of ikvswitch")}`]),
    ...section("DESCRIPTION", [...paragraphs(INTRO), ...verbatim(EXAMPLE)]),
    ...section(
      "KEYS",
      SECTIONS.flatMap(({ title, intro, keys }) =>
        subsection(title, [
          escapeRoff(plain(intro)),
          ...Object.entries(keys).flatMap(([key, spec]) => keyItem(key, spec, choices)),
        ]),
      ),
    ),
  ];
}

function keyItem(key: string, spec: AnySpec, choices: Choices): readonly string[] {
  const value = describeValue(key, spec, choices);
  return [
    ".TP",
    nameOf(key, spec),
    escapeRoff(plain(describeKey(spec))),
    ".br",
    escapeRoff(`Value: ${plain(value)}. Default: ${defaultOf(key, spec, choices)}.`),
  ];
}

function nameOf(key: string, spec: AnySpec): string {
  if (!isFamily(spec)) {
    return bold(key);
  }
  const { before, after, last } = spec.family;
  return `${bold(before)}\\fIn\\fR${bold(after)}, 1 to ${last}`;
}

function defaultOf(key: string, spec: AnySpec, choices: Choices): string {
  if (isFamily(spec)) {
    const first = spec.family.defaultOf(1);
    return first === undefined ? "none" : `${numberedKey(spec, 1)}=${first}, and counting on`;
  }
  const shipped = spec.shipped === undefined ? "" : `; in the shipped file ${spec.shipped}`;
  return `${spec.default === "" ? emptyName(key, spec, choices) : spec.default}${shipped}`;
}

/** The description of a value that may be empty says what that means. */
function emptyName(key: string, spec: AnySpec, choices: Choices): string {
  return typeOfKey(key, spec, choices).description.includes("empty") ? "empty" : "none";
}

/** Returns prose without its marks of Markdown. */
function plain(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}
