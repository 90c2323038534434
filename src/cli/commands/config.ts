import { BACKEND_NAMES } from "../../backends/index.ts";
import type { Settings } from "../../config/settings.ts";
import type { ConfigRow } from "../../config/show.ts";
import { ConfigError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";
import { command, commandGroup } from "../command.ts";
import { type GlobalOptions, loadContext, warnOfUnusedKeys } from "../context.ts";
import { ExitCode } from "../exit-codes.ts";
import { print, printJson } from "../output.ts";
import { printDocument } from "../print-document.ts";

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

const schemaCommand = command({
  command: "schema",
  describe: "Print a JSON Schema (draft 2020-12) of all keys, their types, patterns and defaults",
  run: async () => {
    const { configSchema } = await import("../../config/schema.ts");
    printJson(configSchema({ BACKEND: BACKEND_NAMES }));
  },
});

const showCommand = command<ShowOptions>({
  command: "show",
  describe: "Show every setting with its value and origin, and the values computed from them",
  builder: (parser) =>
    parser.option("secrets", { type: "boolean", default: false, describe: "Show passwords" }),
  run: show,
});

const validateCommand = command({
  command: "validate",
  describe: "Validate the configuration and report every problem (exit code 2: invalid)",
  run: async (options) => (options.json ? validateAsJson(options) : validate(options)),
});

/** Loading and planning find every problem; the report is the error that they throw. */
async function validate(options: GlobalOptions): Promise<void> {
  const { loaded, fabric } = await loadContext(options, "file");
  await warnOfUnusedKeys(loaded);
  const size = `${fabric.racks.length} racks, ${fabric.nodes.length} switches, ${fabric.links.length} links`;
  print(`${loaded.file ?? "The defaults"}: valid. ${size}.`);
}

async function validateAsJson(options: GlobalOptions): Promise<void> {
  try {
    const { loaded } = await loadContext(options, "file");
    const { unusedKeys } = await import("../../config/unused.ts");
    printDocument("config validate", {
      file: loaded.file,
      valid: true,
      problems: [],
      warnings: unusedKeys(loaded),
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    printDocument("config validate", {
      file: options.config ?? null,
      valid: false,
      problems: error.problems,
      warnings: [],
    });
    process.exitCode = ExitCode.usage;
  }
}

export const configCommand = commandGroup("config", "Show, validate or generate the configuration", [
  templateCommand,
  schemaCommand,
  showCommand,
  validateCommand,
]);

async function show(options: ShowOptions): Promise<void> {
  const { host, loaded, settings, fabric } = await loadContext(options, "file");
  const { describeConfig } = await import("../../config/show.ts");
  const { describeComputed } = await import("../../fabric/computed.ts");
  const { plannedPlugs } = await import("../../plugs/wanted.ts");
  const { readConsolePasswords } = await import("../../nodes/console-passwords.ts");
  const made = options.secrets ? await readConsolePasswords(host, settings) : { vnc: null, bmc: null };
  const values = describeConfig(loaded, { secrets: options.secrets }).map((row) =>
    withMade(row, { VNC_PASSWORD: made.vnc, BMC_PASSWORD: made.bmc }),
  );
  const computed = [
    ...describeComputed(fabric, plannedPlugs(fabric, settings)),
    { what: "sockets for VMs", value: await describePlugs(host, settings) },
  ];
  if (options.json) {
    printDocument("config show", { file: loaded.file, values, computed });
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

async function describePlugs(host: Host, settings: Settings): Promise<string> {
  const { wantsPlugs } = await import("../../plugs/wanted.ts");
  const opened = (await wantsPlugs(host, settings)) ? "opened by `up`" : "not opened";
  return `${opened} (PLUG_SOCKETS is ${settings.plugSockets})`;
}
