import type { Argv } from "yargs";
import { BACKENDS } from "../../backends/index.ts";
import type { SnapshotSettings } from "../../backends/model/snapshots.ts";
import { bmcPrograms } from "../../bmc/programs.ts";
import { productFolders } from "../../system/product-path.ts";
import { parseAttachedVms } from "../attached-vms.ts";
import { command, commandGroup } from "../command.ts";
import { commandOptions } from "../command-options.ts";
import { type Context, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { secondsInMs } from "../duration.ts";
import { lockFabric } from "../lock-network.ts";
import { print, warn } from "../output.ts";
import { printDocument } from "../print-document.ts";
import { showProgress } from "../progress.ts";

interface SaveOptions extends GlobalOptions {
  readonly snapshot: string;
  readonly force: boolean;
  readonly compress: boolean;
  readonly machine: readonly string[];
}

interface RestoreOptions extends GlobalOptions {
  readonly snapshot: string;
  /** Seconds. */
  readonly timeout: number;
  readonly machine: readonly string[];
}

interface RemoveOptions extends GlobalOptions {
  readonly snapshots: readonly string[];
}

/** The option for attached VMs: NAME=QMP_SOCKET. */
const withMachines = (parser: Argv, describe: string): Argv =>
  parser.option("machine", {
    type: "string",
    array: true,
    nargs: 1,
    default: [],
    defaultDescription: "none",
    describe,
  });

const NAME = "Name: letters, digits, -, _ and .";

export const snapshotCommand = commandGroup(
  "snapshot",
  "Save or restore the state of all running switches, sessions included",
  [
    command<SaveOptions>({
      command: "save <snapshot>",
      describe: "Pause all switches, save their memory, resume them",
      builder: (parser) =>
        withMachines(
          parser,
          "NAME=QMP_SOCKET: save an attached VM of yours, too, without its disks (repeatable)",
        )
          .positional("snapshot", { type: "string", describe: NAME })
          .option("force", {
            type: "boolean",
            default: false,
            describe: "Replace an existing snapshot of this name",
          })
          .option("compress", {
            type: "boolean",
            default: false,
            describe: "Compress the snapshot; restoring it takes seconds longer",
          })
          .example("$0 snapshot save before-upgrade", "save the fabric's state")
          .example("$0 snapshot restore before-upgrade", "return to it"),
      run: save,
    }),
    command({
      command: "ls",
      describe: "List snapshots, and whether they can be restored",
      run: list,
    }),
    command<RestoreOptions>({
      command: "restore <snapshot>",
      describe: "Restore a snapshot; refused if configuration, image or QEMU differ",
      builder: (parser) =>
        withMachines(
          parser,
          "NAME=QMP_SOCKET: restore an attached VM of yours, too; start it with -incoming defer (repeatable)",
        )
          .positional("snapshot", { type: "string", describe: "Name as shown by 'snapshot ls'" })
          .option("timeout", {
            type: "number",
            default: 300,
            requiresArg: true,
            describe: "Seconds to wait for switches and routing (default: 300)",
          }),
      run: restore,
    }),
    command<RemoveOptions>({
      command: "rm <snapshots..>",
      describe: "Remove snapshots; switches restored from them keep running",
      builder: (parser) =>
        parser.positional("snapshots", {
          array: true,
          type: "string",
          describe: "Names as shown by 'snapshot ls'",
        }),
      run: remove,
    }),
  ],
);

async function save(options: SaveOptions): Promise<void> {
  const context = await loadContext(options);
  const { host, settings, fabric } = context;
  const { saveSnapshot } = await import("../../lab/save-snapshot.ts");
  const { snapshot: name, force, compress } = options;
  const request = {
    settings,
    fabric,
    backends: BACKENDS,
    name,
    force,
    compress,
    attachedVms: parseAttachedVms(options.machine),
    interrupted,
    progress: showProgress({ quiet: options.json }),
    onWarning: warn,
  };
  const report = await lockFabric(context, "snapshot save", () => saveSnapshot(host, request));
  if (options.json) {
    printDocument("snapshot save", report);
  } else {
    const { switches, diskMiB } = report;
    print(
      `Saved snapshot ${name}: ${switches} switches, ${diskMiB} MiB. Restore it with 'ikvswitch snapshot restore ${name}'.`,
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
    name: options.snapshot,
    attachedVms: parseAttachedVms(options.machine),
    timeoutMs,
    interrupted,
    progress: showProgress({ quiet: options.json }),
    onWarning: warn,
    bmcPrograms: bmcPrograms(commandOptions(context)),
  };
  const report = await lockFabric(context, "snapshot restore", () => restoreSnapshot(host, request));
  const restoredMs = Math.round(performance.now());
  if (options.json) {
    printDocument("snapshot restore", { ...report, restoredMs });
  } else {
    const { name, switches, savedAt, runningMs, sessions, survivingSessions } = report;
    const kept = survivingSessions === sessions ? "all" : survivingSessions;
    print(
      `Restored snapshot ${name} of ${savedAt}: ${switches} switches resumed after ${seconds(runningMs)} s, ${kept} of ${sessions} BGP sessions survived; done after ${seconds(restoredMs)} s.`,
    );
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

/** The inputs with which snapshots are compared. */
function snapshotSettings({ settings, fabric }: Context): SnapshotSettings {
  return { settings, fabric, product: productFolders() };
}

async function list(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options);
  const { inspectSnapshots } = await import("../../lab/snapshots.ts");
  const found = await inspectSnapshots(context.host, snapshotSettings(context), BACKENDS);
  if (options.json) {
    printDocument("snapshot ls", { snapshots: found });
    return;
  }
  const { formatTable } = await import("../../format/table.ts");
  const { formatTime } = await import("../../format/time.ts");
  const [yes, no] = [{ tone: "good", value: "yes" } as const, { tone: "bad", value: "no" } as const];
  const rows = found.map(({ name, savedAt, switches, diskMiB, problems }) => [
    name,
    formatTime(savedAt),
    switches,
    diskMiB,
    problems.length === 0 ? yes : no,
  ]);
  const reasons = found.flatMap(({ name, problems }) => problems.map((line) => `${name}: ${line}`));
  print(
    [formatTable(["SNAPSHOT", "SAVED", "SWITCHES", "ON DISK MIB", "RESTORABLE"], rows), ...reasons].join(
      "\n",
    ),
  );
}

async function remove(options: RemoveOptions): Promise<void> {
  const { host, settings } = await loadContext(options);
  const { removeSnapshots } = await import("../../lab/snapshots.ts");
  await removeSnapshots(host, settings.stateDir, options.snapshots, BACKENDS);
  if (options.json) {
    printDocument("snapshot rm", { removed: options.snapshots });
  } else {
    print(`Removed: ${options.snapshots.join(", ")}.`);
  }
}
