import type { Argv } from "yargs";
import { BACKENDS } from "../../backends/index.ts";
import type { SnapshotSettings } from "../../backends/model/snapshots.ts";
import { bmcPrograms } from "../../bmc/programs.ts";
import { productFolders } from "../../system/product-path.ts";
import { command, commandGroup } from "../command.ts";
import { type Context, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { secondsInMs } from "../duration.ts";
import { lockFabric } from "../lock-network.ts";
import { print, printJson, warn } from "../output.ts";
import { showProgress } from "../progress.ts";
import { parseRackedMachines } from "../racked-machines.ts";

interface SaveOptions extends GlobalOptions {
  readonly name: string;
  readonly force: boolean;
  readonly compress: boolean;
  readonly machine: readonly string[];
}

interface RestoreOptions extends GlobalOptions {
  readonly name: string;
  /** Seconds. */
  readonly timeout: number;
  readonly machine: readonly string[];
}

interface RemoveOptions extends GlobalOptions {
  readonly names: readonly string[];
}

/** NAME=QMP_SOCKET of a machine of the user's. */
const withMachines = (parser: Argv, describe: string): Argv =>
  parser.option("machine", {
    type: "string",
    array: true,
    nargs: 1,
    default: [],
    defaultDescription: "none",
    describe,
  });

const NAME = "Letters, digits, -, _ and .";

export const snapshotCommand = commandGroup(
  "snapshot",
  "Save the running switches as they are, sessions and all, and go back to that later",
  [
    command<SaveOptions>({
      command: "save <name>",
      describe: "Freeze all switches together, keep their memory, and let them go on",
      builder: (parser) =>
        withMachines(
          parser,
          "NAME=QMP_SOCKET: save this running QEMU machine of yours, too, but for its disks; may be given several times",
        )
          .positional("name", { type: "string", describe: NAME })
          .option("force", {
            type: "boolean",
            default: false,
            describe: "Replace a snapshot of that name, once the new one is complete",
          })
          .option("compress", {
            type: "boolean",
            default: false,
            describe: "Store less; a restore has to unpack it first, which takes seconds more",
          })
          .example("$0 snapshot save before-upgrade", "then break what you like")
          .example("$0 snapshot restore before-upgrade", "and have the fabric back as it was"),
      run: save,
    }),
    command({
      command: "ls",
      describe: "List snapshots: when, of how many switches, how large, and whether they can be restored now",
      run: list,
    }),
    command<RestoreOptions>({
      command: "restore <name>",
      describe:
        "Put saved switches in the place of those that run; refused, with nothing touched, where configuration, image or QEMU differ",
      builder: (parser) =>
        withMachines(
          parser,
          "NAME=QMP_SOCKET: give this machine of yours its state, too; start it as before, with -incoming defer; may be given several times",
        )
          .positional("name", { type: "string", describe: "As `ls` shows it" })
          .option("timeout", {
            type: "number",
            default: 300,
            requiresArg: true,
            describe: "Seconds that switches and routing may take",
          }),
      run: restore,
    }),
    command<RemoveOptions>({
      command: "rm <names..>",
      describe: "Delete snapshots; switches that were restored from one run on",
      builder: (parser) =>
        parser.positional("names", { array: true, type: "string", describe: "As `ls` shows them" }),
      run: remove,
    }),
  ],
);

async function save(options: SaveOptions): Promise<void> {
  const context = await loadContext(options);
  const { host, settings, fabric } = context;
  const { saveSnapshot } = await import("../../lab/save-snapshot.ts");
  const { name, force, compress } = options;
  const request = {
    settings,
    fabric,
    backends: BACKENDS,
    name,
    force,
    compress,
    racked: parseRackedMachines(options.machine),
    interrupted,
    progress: showProgress({ quiet: options.json }),
    onWarning: warn,
  };
  const report = await lockFabric(context, "snapshot save", () => saveSnapshot(host, request));
  if (options.json) {
    printJson(report);
  } else {
    const { switches, diskMiB } = report;
    print(
      `Saved ${name}: ${switches} switches, ${diskMiB} MiB. \`ikvswitch snapshot restore ${name}\` goes back to it.`,
    );
  }
}

async function restore(options: RestoreOptions): Promise<void> {
  const timeoutMs = secondsInMs("--timeout", options.timeout);
  const context = await loadContext(options);
  const { host } = context;
  const { restoreSnapshot } = await import("../../lab/restore-snapshot.ts");
  const request = {
    ...snapshotSettings(context),
    backends: BACKENDS,
    name: options.name,
    racked: parseRackedMachines(options.machine),
    timeoutMs,
    interrupted,
    progress: showProgress({ quiet: options.json }),
    onWarning: warn,
    bmcPrograms: bmcPrograms(),
  };
  const report = await lockFabric(context, "snapshot restore", () => restoreSnapshot(host, request));
  const restoredMs = Math.round(performance.now());
  if (options.json) {
    printJson({ ...report, restoredMs });
  } else {
    const { name, switches, savedAt, runningMs, sessions, keptSessions } = report;
    const kept = keptSessions === sessions ? "all" : keptSessions;
    print(
      `Restored ${name} of ${savedAt}: ${switches} switches went on after ${seconds(runningMs)} s, with ${kept} of ${sessions} BGP sessions; all was done after ${seconds(restoredMs)} s.`,
    );
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

/** What snapshots are compared with. */
function snapshotSettings({ settings, fabric }: Context): SnapshotSettings {
  return { settings, fabric, product: productFolders() };
}

async function list(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options);
  const { inspectSnapshots } = await import("../../lab/snapshots.ts");
  const found = await inspectSnapshots(context.host, snapshotSettings(context), BACKENDS);
  if (options.json) {
    printJson(found);
    return;
  }
  const { formatTable } = await import("../../format/table.ts");
  const [yes, no] = [{ tone: "good", value: "yes" } as const, { tone: "bad", value: "no" } as const];
  const rows = found.map(({ name, savedAt, switches, diskMiB, problems }) => [
    name,
    savedAt.slice(0, 19).replace("T", " "),
    switches,
    diskMiB,
    problems.length === 0 ? yes : no,
  ]);
  const reasons = found.flatMap(({ name, problems }) => problems.map((line) => `${name}: ${line}`));
  print(
    [
      formatTable(["SNAPSHOT", "SAVED (UTC)", "SWITCHES", "ON DISK MIB", "RESTORABLE"], rows),
      ...reasons,
    ].join("\n"),
  );
}

async function remove(options: RemoveOptions): Promise<void> {
  const { host, settings } = await loadContext(options);
  const { removeSnapshots } = await import("../../lab/snapshots.ts");
  await removeSnapshots(host, settings.stateDir, options.names, BACKENDS);
  if (options.json) {
    printJson({ removed: options.names });
  } else {
    print(`Removed: ${options.names.join(", ")}.`);
  }
}
