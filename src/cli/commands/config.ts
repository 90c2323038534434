import { BACKEND_NAMES } from "../../backends/index.ts";
import type { ConfigRow } from "../../config/show.ts";
import { command, commandGroup } from "../command.ts";
import { type GlobalOptions, loadContext, warnOfUnusedKeys } from "../context.ts";
import { print, printJson } from "../output.ts";

interface ShowOptions extends GlobalOptions {
  readonly secrets: boolean;
}

const templateCommand = command({
  command: "template",
  describe: "Print a commented configuration file with every key and its default",
  run: async () => {
    const { renderTemplate } = await import("../../config/template.ts");
    print(renderTemplate({ BACKEND: BACKEND_NAMES }));
  },
});

const showCommand = command<ShowOptions>({
  command: "show",
  describe: "Show every setting with its value and origin, and the values computed from them",
  builder: (parser) =>
    parser.option("secrets", { type: "boolean", default: false, describe: "Show passwords" }),
  run: show,
});

/** Loading and planning find every problem; the report is the error that they throw. */
const validateCommand = command({
  command: "validate",
  describe: "Validate the configuration and report every problem",
  run: async (options) => {
    const { loaded, fabric } = await loadContext(options);
    if (options.json) {
      const { unusedKeys } = await import("../../config/unused.ts");
      printJson({ file: loaded.file, valid: true, problems: [], warnings: unusedKeys(loaded) });
      return;
    }
    await warnOfUnusedKeys(loaded);
    const size = `${fabric.racks.length} racks, ${fabric.nodes.length} switches, ${fabric.links.length} links`;
    print(`${loaded.file ?? "The defaults"}: valid. ${size}.`);
  },
});

export const configCommand = commandGroup("config", "Show, validate or generate the configuration", [
  templateCommand,
  showCommand,
  validateCommand,
]);

async function show(options: ShowOptions): Promise<void> {
  const { host, loaded, settings, fabric } = await loadContext(options);
  const { describeConfig } = await import("../../config/show.ts");
  const { describeComputed } = await import("../../fabric/computed.ts");
  const { readConsolePasswords } = await import("../../nodes/console-passwords.ts");
  const made = options.secrets ? await readConsolePasswords(host, settings) : { vnc: null, bmc: null };
  const values = describeConfig(loaded, { secrets: options.secrets }).map((row) =>
    withMade(row, { VNC_PASSWORD: made.vnc, BMC_PASSWORD: made.bmc }),
  );
  const computed = describeComputed(fabric);
  if (options.json) {
    printJson({ file: loaded.file, values, computed });
    return;
  }
  const { formatTable } = await import("../../format/table.ts");
  const sections = [
    `Configuration: ${loaded.file ?? "defaults only"}`,
    formatTable(
      ["KEY", "VALUE", "FROM"],
      values.map((row) => [row.key, row.value, row.source]),
    ),
    "Computed:",
    formatTable(
      ["WHAT", "VALUE"],
      computed.map((row) => [row.what, row.value]),
    ),
  ];
  print(sections.join("\n\n"));
}

/** Fills in a password that the configuration leaves empty, once ikvswitch has made it. */
function withMade(row: ConfigRow, made: Readonly<Record<string, string | null>>): ConfigRow {
  const value = row.value === "" ? (made[row.key] ?? null) : null;
  return value === null ? row : { ...row, value, source: "generated" };
}
