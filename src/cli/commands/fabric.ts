import type { Argv } from "yargs";
import { BACKEND_NAMES, BACKENDS } from "../../backends/index.ts";
import { bmcPrograms } from "../../bmc/programs.ts";
import { DEFAULT_NAME } from "../../config/fabric-name.ts";
import { demandAllMembers } from "../../hosts/lost-members.ts";
import type { BringUpRequest, UpResult } from "../../lab/up.ts";
import { productFolders } from "../../system/product-path.ts";
import type { Progress } from "../../system/progress.ts";
import { startAtBoot } from "../boot.ts";
import { command } from "../command.ts";
import { commandOptions } from "../command-options.ts";
import { type Context, type GlobalOptions, interrupted, loadContext, warnOfUnusedKeys } from "../context.ts";
import { secondsInMs } from "../duration.ts";
import { ExitCode } from "../exit-codes.ts";
import { lockFabric } from "../lock-network.ts";
import { print, warn } from "../output.ts";
import { printDocument } from "../print-document.ts";
import { showProgress } from "../progress.ts";
import { forgetOnFailure, remember } from "../remember.ts";
import { showOrWatch, type WatchOptions, withWatch } from "../watch.ts";
import { type DownOptions, type StopOptions, stopSwitches, takeFabricDown, withGrace } from "./take-down.ts";

export interface UpOptions extends GlobalOptions {
  /** Seconds. */
  readonly timeout: number;
  readonly backend: string | undefined;
  readonly keepFaults: boolean;
  readonly cold: boolean;
  readonly fresh: boolean;
  readonly diff: boolean;
}

const DEFAULT_TIMEOUT_S = 300;

const withTimeout = (parser: Argv): Argv =>
  parser
    .option("timeout", {
      type: "number",
      default: DEFAULT_TIMEOUT_S,
      requiresArg: true,
      describe: "Seconds to wait for boot and routing (default: 300)",
    })
    .option("backend", {
      choices: BACKEND_NAMES,
      requiresArg: true,
      describe:
        "Run switches as VMs (qemu), namespaces (netns) or containers of a cluster (incus); overrides BACKEND",
    })
    .option("keep-faults", {
      type: "boolean",
      default: false,
      describe: "Keep injected faults: links down, blackholed or impaired, frozen switches",
    });

const withStart = (parser: Argv): Argv =>
  parser
    .option("cold", {
      type: "boolean",
      default: false,
      describe: "Boot every switch instead of cloning a booted one, as BOOT=cold does",
    })
    .option("fresh", {
      type: "boolean",
      default: false,
      describe: "Start switches anew: discard those that 'down --keep' kept, and the warm fabric",
    });

/** `ikvswitch up`, which is the same as `ikvswitch-setup start`. */
const up = (name: string) =>
  command<UpOptions>({
    command: name,
    describe: "Bring up or update the fabric, and wait for routing to converge",
    builder: (parser) =>
      withStart(withTimeout(parser)).option("diff", {
        type: "boolean",
        default: false,
        describe: "Only show what would change, for each switch and file (exit code 4: anything)",
      }),
    run: bringFabricUp,
  });

const status = (name: string) =>
  command<WatchOptions>({
    command: name,
    describe: "Show switches, sessions and access (exit code 4: not as planned)",
    builder: withWatch,
    run: showStatus,
  });

export const upCommand = up("up");
export const statusCommand = status("status");

export const downCommand = command<DownOptions>({
  command: "down",
  describe: "Shut down all switches and restore the host's network",
  builder: (parser) =>
    withGrace(parser).option("keep", {
      type: "boolean",
      default: false,
      describe: "Keep the state of all switches, sessions included; the next 'up' resumes them",
    }),
  run: (options) => takeFabricDown(options, { untilBoot: false }),
});

/** The commands of `ikvswitch-setup`: they start and stop the switches on a host network that stays. */
export const setupCommands = [
  up("start"),
  command<StopOptions>({
    command: "stop",
    describe: "Shut down all switches and keep the host network",
    builder: withGrace,
    run: stopSwitches,
  }),
  command<UpOptions & StopOptions>({
    command: "restart",
    describe: "Stop, then start",
    builder: (parser) => withGrace(withStart(withTimeout(parser))),
    run: restartSwitches,
  }),
  status("status"),
];

/** Does what `up` does, and prints its report. */
export async function bringFabricUp(options: UpOptions): Promise<void> {
  const planned = await planUp(options);
  if (options.diff) {
    const { showUpDiff } = await import("../show-up-diff.ts");
    await showUpDiff(planned.context, planned.request, options);
    return;
  }
  const result = await bringPlannedUp(planned);
  await reportUp(planned.context, options, result);
}

/** Does what `up` does without options of its own, but for the report. */
export async function bringUpAsIs(options: GlobalOptions, progress: Progress): Promise<void> {
  const own = { timeout: DEFAULT_TIMEOUT_S, backend: undefined, keepFaults: false };
  const { context, request } = await planUp({ ...options, ...own, cold: false, fresh: false, diff: false });
  const { lost } = await bringPlannedUp({ context, request: { ...request, progress } });
  demandAllMembers(context.fabric, lost);
}

async function bringPlannedUp({ context, request }: PlannedUp): Promise<UpResult> {
  const { bringUp } = await import("../../lab/up.ts");
  const result = await lockFabric(context, "up", () =>
    forgetOnFailure(context, () => bringUp(context.host, request)),
  );
  await startAtBoot(context);
  return result;
}

async function restartSwitches(options: UpOptions & StopOptions): Promise<void> {
  const graceMs = secondsInMs("--grace", options.grace);
  const { context, request } = await planUp(options);
  const { restart } = await import("../../lab/up.ts");
  const result = await lockFabric(context, "restart", () => restart(context.host, { ...request, graceMs }));
  await startAtBoot(context);
  await reportUp(context, options, result);
}

interface PlannedUp {
  readonly context: Context;
  readonly request: BringUpRequest;
}

async function planUp(options: UpOptions): Promise<PlannedUp> {
  const timeoutMs = secondsInMs("--timeout", options.timeout);
  const sets = options.backend === undefined ? options.set : [...options.set, `BACKEND=${options.backend}`];
  const context = await loadContext({ ...options, set: sets }, "file");
  const { loaded, settings, fabric } = context;
  await warnOfUnusedKeys(loaded);
  const request: BringUpRequest = {
    settings: { ...settings, ...(options.cold ? { boot: "cold" } : {}) },
    fabric,
    backends: BACKENDS,
    product: productFolders(),
    timeoutMs,
    keepFaults: options.keepFaults,
    fresh: options.fresh,
    interrupted,
    progress: showProgress({ quiet: options.json }),
    onWarning: warn,
    remember: () => remember(context),
    bmcPrograms: bmcPrograms(commandOptions(context)),
  };
  return { context, request };
}

/** @throws LostMembersError after the report, if members are lost. */
async function reportUp(
  { host, loaded, settings, fabric }: Context,
  options: GlobalOptions,
  { outcomes, lost }: UpResult,
): Promise<void> {
  const { emulatorStatus } = await import("../../lab/status.ts");
  const { formatNextSteps, formatSwitches } = await import("../../lab/format.ts");
  const { findBackend } = await import("../../backends/find.ts");
  const observed = await emulatorStatus(host, settings, fabric, BACKENDS);
  if (options.json) {
    printDocument("up", { outcomes, ...observed });
  } else {
    const backend = await findBackend(BACKENDS, observed.backend);
    print(`\n${formatSwitches(observed)}\n${formatNextSteps(settings, backend, programOf(loaded))}`);
  }
  demandAllMembers(fabric, lost);
}

function programOf({ source: { name } }: Context["loaded"]): string {
  return name === DEFAULT_NAME ? "ikvswitch" : `ikvswitch --name ${name}`;
}

async function showStatus(options: WatchOptions): Promise<void> {
  const { host, settings, fabric } = await loadContext(options);
  const { emulatorStatus } = await import("../../lab/status.ts");
  const { formatSwitches } = await import("../../lab/format.ts");
  const observe = () => emulatorStatus(host, settings, fabric, BACKENDS);
  const observed = await showOrWatch(options, observe, formatSwitches, (seen) => ["status", seen]);
  if (observed !== undefined) {
    process.exitCode = observed.asPlanned ? ExitCode.done : ExitCode.drift;
  }
}
