import type { Choices } from "./choices.ts";
import type { AnySpec } from "./keys/key-spec.ts";
import { SECTIONS } from "./keys/table.ts";
import { isFamily, numberedKey } from "./keys.ts";
import { describeKey, describeValue } from "./template.ts";
import { wrapText } from "./wrap.ts";

const INTRO = `# Configuration

<!-- Made by \`npm run generate\` from src/config/keys: change it there. -->

ikvswitch reads one file, the first of these that exists:

1. the one named by \`--config FILE\`;
2. the one named by the environment variable \`IKVSWITCH_CONF\`;
3. \`/etc/ikvswitch/ikvswitch.conf\`;
4. the file that comes with ikvswitch.

A file that 1 or 2 names must exist. With \`--name NAME\`, [one of several fabrics](several-fabrics.md), the file is
\`/etc/ikvswitch/NAME.conf\` unless \`--config\` names another, and may be missing; some keys have other defaults
then. Every command takes \`--set KEY=VALUE\`, repeatedly, which overrides the file: the value is everything after the
first \`=\`, and keys that refer to it change with it. All users of the host see the arguments of a command in the
list of processes, passwords included: \`--set-file KEY=FILE\` takes the value from a file instead.

\`ikvswitch config template\` prints a file with every key, commented. \`config show\` prints all values with their
origin. \`config validate\` lists all mistakes of a file, each as \`file:line: KEY: mistake; correction\`, and exits
with 2. \`config schema\` prints a JSON Schema of all keys, for editors and for programs that make configurations: it
has what can be said of each value alone.

## How the file is written

The file has a shell's syntax, so that files of the original's shell scripts work unchanged. Nothing in it is executed.

    # A comment, up to the end of the line.
    NUM_U=23                                # a comment after a value
    HOST_VIRTUAL_SUBNET_START_PREFIX=10.20
    DHCP_RELAY_DESTINATION=\${HOST_VIRTUAL_SUBNET_START_PREFIX}.100.2
    VLAN_SBUNET2_PREFIX=\${HOST_VIRTUAL_SUBNET_START_PREFIX}.$(( \${VLAN_SBUNETS_START_IP} + 1 ))
    VM_ROOT_PASS='in single quotes $ and \\ are literal'
    EXTRA_PACKAGES="tcpdump mtr-tiny \\
      iperf3"

* Each line has one \`KEY=VALUE\`, without blanks around the \`=\`, optionally after \`export\`. If a key occurs more than
  once, the last line counts, as in a shell.
* \`$NAME\` and \`\${NAME}\` are the value of a key that an earlier line set, or its default if the file does not set
  it. Any other variable is an error.
* \`$(( … ))\` calculates with whole numbers: \`+ - * / %\`, parentheses, variables with or without a dollar sign.
* In double quotes, blanks and most other characters are literal, and variables are replaced. In single quotes all
  characters are literal. Outside single quotes, \`\\\` makes the next character literal; at the end of a line it joins
  the next line.
* Everything else that a shell would execute or replace is an error that names its line: commands and \`;\`, \`&\`, \`|\`,
  \`<\`, \`>\`, backticks, \`$( … )\`, \`\${NAME:-default}\`, \`~\`, arrays.
* Lists are separated by commas or blanks.
* An unknown key is an error. The message suggests the key that was probably meant.
`;

/** Renders docs/configuration.md. */
export function renderReference(choices: Choices): string {
  const sections = SECTIONS.map(({ title, intro, keys }) => {
    const rows = Object.entries(keys).map(([key, spec]) => row(key, spec, choices));
    return `## ${title}\n\n${wrapText(intro, 120).join("\n")}\n\n| key | default | value | meaning |\n| --- | --- | --- | --- |\n${rows.join("")}`;
  });
  return `${INTRO}\n${sections.join("\n")}`;
}

function row(key: string, spec: AnySpec, choices: Choices): string {
  const cells = [nameOf(key, spec), defaultOf(spec), describeValue(key, spec, choices), describeKey(spec)];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
}

function nameOf(key: string, spec: AnySpec): string {
  if (!isFamily(spec)) {
    return `\`${key}\``;
  }
  const { before, after, last } = spec.family;
  return `\`${before}n${after}\`, n from 1 to ${last}`;
}

function defaultOf(spec: AnySpec): string {
  if (!isFamily(spec)) {
    const shipped = spec.shipped === undefined ? "" : `, in the shipped file \`${spec.shipped}\``;
    return `${spec.default === "" ? "empty" : `\`${spec.default}\``}${shipped}`;
  }
  return `\`${numberedKey(spec, 1)}=${spec.family.defaultOf(1) ?? ""}\`, and counting on`;
}
