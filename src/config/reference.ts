import type { Choices } from "./choices.ts";
import type { AnySpec } from "./keys/key-spec.ts";
import { SECTIONS } from "./keys/table.ts";
import { isFamily, numberedKey } from "./keys.ts";
import { describeKey, describeValue } from "./template.ts";
import { wrapText } from "./wrap.ts";

const INTRO = `# Configuration

<!-- Made by \`npm run generate\` from src/config/keys: change it there. -->

ikvswitch reads one file, the first of these that there is:

1. the one named by \`--config FILE\`;
2. the one named by the environment variable \`IKVSWITCH_CONF\`;
3. \`/etc/ikvswitch/ikvswitch.conf\`;
4. the file that comes with ikvswitch.

A file that is named by 1 or 2 and does not exist is an error. \`--set KEY=VALUE\`, which every command takes and
which may be repeated, goes before the file: the value is what follows the first \`=\`, as it is, and every key whose
value refers to it follows. Every user of the machine sees the words of a command in the list of processes, passwords
included: \`--set-file KEY=FILE\` takes the value from a file.

\`ikvswitch config template\` prints a file with every key, commented; \`config show\` prints all values and where each
came from; \`config validate\` tells everything that is wrong with a file at once, as
\`file:line: KEY: what is wrong, and what would be right\`, and exits with 2.

## How the file is written

As a shell reads it, so that files of the Debian package's shell scripts work unchanged. But nothing in it is ever run.

    # A comment, up to the end of the line.
    NUM_U=23                                # a comment after a value
    HOST_VIRTUAL_SUBNET_START_PREFIX=10.20
    DHCP_RELAY_DESTINATION=\${HOST_VIRTUAL_SUBNET_START_PREFIX}.100.2
    VLAN_SBUNET2_PREFIX=\${HOST_VIRTUAL_SUBNET_START_PREFIX}.$(( \${VLAN_SBUNETS_START_IP} + 1 ))
    VM_ROOT_PASS='in single quotes $ and \\ stand for themselves'
    EXTRA_PACKAGES="tcpdump mtr-tiny \\
      iperf3"

* One \`KEY=VALUE\` a line, with nothing around the \`=\`; \`export\` may stand before it. A key may come more than once:
  the last one counts, as in a shell.
* \`$NAME\` and \`\${NAME}\` are the value that the key got further up, or its default where the file does not have it.
  A variable of which neither is known is an error.
* \`$(( … ))\` calculates with whole numbers: \`+ - * / %\`, parentheses, variables with or without a dollar sign.
* In double quotes, blanks and most characters stand for themselves, and variables are replaced. In single quotes
  everything stands for itself. Outside single quotes, \`\\\` takes away the meaning of the next character, and joins
  two lines at the end of one.
* Everything else that a shell would run or replace is an error that names its line: commands and \`;\`, \`&\`, \`|\`, \`<\`,
  \`>\`, backticks, \`$( … )\`, \`\${NAME:-default}\`, \`~\`, arrays.
* Lists are separated by commas or blanks.
* A key that ikvswitch does not know is an error, with the one that was probably meant.
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
    return spec.default === "" ? "empty" : `\`${spec.default}\``;
  }
  return `\`${numberedKey(spec, 1)}=${spec.family.defaultOf(1) ?? ""}\`, and counting on`;
}
