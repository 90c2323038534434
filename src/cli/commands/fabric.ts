import type { Argv } from "yargs";
import { bmcPrograms } from "../../bmc/programs.ts";
import type { BringUp } from "../../lab/bring-up.ts";
import { productPath } from "../../system/product-path.ts";
import { command } from "../command.ts";
import { type Context, type GlobalOptions, interrupted, loadContext, warnOfUnusedKeys } from "../context.ts";
import { secondsInMs } from "../duration.ts";
import { ExitCode } from "../exit-codes.ts";
import { lockFabric } from "../lock-network.ts";
import { print, printJson, warn } from "../output.ts";
import { runSteps } from "../run-steps.ts";

interface UpOptions extends GlobalOptions {
  /** Seconds. */
  readonly timeout: number;
  readonly backend: string | undefined;
  readonly keepFaults: boolean;
  readonly cold: boolean;
}

interface DownOptions extends GlobalOptions {
  /** Seconds. */
  readonly grace: number;
}

const withTimeout = (parser: Argv): Argv =>
  parser
    .option("timeout", {
      type: "number",
      default: 300,
      requiresArg: true,
      describe: "Seconds that booting and routing may take",
    })
    .option("backend", {
      choices: ["qemu", "netns"],
      requiresArg: true,
      describe: "What switches are: virtual machines, or network namespaces, as BACKEND in the configuration",
    })
    .option("keep-faults", {
      type: "boolean",
      default: false,
      describe: "Leave wires that are down, silent or impaired and switches that are frozen as they are",
    });

const withCold = (parser: Argv): Argv =>
  parser.option("cold", {
    type: "boolean",
    default: false,
    describe: "Boot every switch instead of cloning one that has booted, as BOOT=cold does",
  });

const withGrace = (parser: Argv): Argv =>
  parser.option("grace", {
    type: "number",
    default: 30,
    requiresArg: true,
    describe: "Seconds that switches may take to shut down before their power is cut",
  });

/** Commands whose name differs between `ikvswitch` and `ikvswitch-setup`, but not what they do. */
const up = (name: string) =>
  command<UpOptions>({
    command: name,
    describe:
      "Bring the fabric up and wait until it routes; a fabric that runs is only made to follow the configuration",
    builder: (parser) => withCold(withTimeout(parser)),
    run: bringFabricUp,
  });

const status = (name: string) =>
  command({
    command: name,
    describe: "Show every switch, its sessions and how to reach it; exits with 4 when any is not as planned",
    run: showStatus,
  });

export const upCommand = up("up");
export const statusCommand = status("status");

export const downCommand = command<DownOptions>({
  command: "down",
  describe: "Switch everything off and put the host back as it was",
  builder: withGrace,
  run: async (options) => {
    const { takeDown } = await import("../../lab/take-down.ts");
    await runDown(options, takeDown);
  },
});

/** The commands of `ikvswitch-setup`: the switches, on a host network that stays. */
export const setupCommands = [
  up("start"),
  command<DownOptions>({
    command: "stop",
    describe: "Switch the switches off; the host network stays",
    builder: withGrace,
    run: stopSwitches,
  }),
  command<UpOptions & DownOptions>({
    command: "restart",
    describe: "Stop, then start",
    builder: (parser) => withGrace(withCold(withTimeout(parser))),
    run: restartSwitches,
  }),
  status("status"),
];

async function bringFabricUp(options: UpOptions): Promise<void> {
  const { context, up } = await planUp(options);
  await lockFabric(context, "up", () => runSteps([...up.preflight, ...up.steps], { quiet: options.json }));
  await reportUp(context, options, up.outcomes());
}

/** Nothing is stopped before it is known that it can be started again. */
async function restartSwitches(options: UpOptions & DownOptions): Promise<void> {
  const graceMs = secondsInMs("--grace", options.grace);
  const { context, up } = await planUp(options, { afterStop: true });
  const { host, loaded, fabric } = context;
  const { stopSwitchesSteps } = await import("../../lab/take-down.ts");
  const stop = stopSwitchesSteps(host, { config: loaded.config, fabric, graceMs, onWarning: warn });
  await lockFabric(context, "restart", () =>
    runSteps([...up.preflight, ...stop, ...up.steps], { quiet: options.json }),
  );
  await reportUp(context, options, up.outcomes());
}

async function planUp(
  options: UpOptions,
  { afterStop = false } = {},
): Promise<{ readonly context: Context; readonly up: BringUp }> {
  const timeoutMs = secondsInMs("--timeout", options.timeout);
  const sets = options.backend === undefined ? options.set : [...options.set, `BACKEND=${options.backend}`];
  const context = await loadContext({ ...options, set: sets });
  const { host, loaded, fabric } = context;
  await warnOfUnusedKeys(loaded);
  const { bringUp } = await import("../../lab/bring-up.ts");
  const { imageSource } = await import("../../image/source.ts");
  const up = bringUp(host, {
    config: options.cold ? { ...loaded.config, BOOT: "cold" } : loaded.config,
    fabric,
    templates: productPath("templates"),
    image: imageSource(host, loaded.config, productPath("guest")),
    timeoutMs,
    keepFaults: options.keepFaults,
    afterStop,
    interrupted,
    onWarning: warn,
    sandboxes: { library: productPath("libexec/sandbox"), guest: productPath("guest") },
    bmcPrograms: bmcPrograms(),
  });
  return { context, up };
}

async function reportUp(
  { host, loaded, fabric }: Context,
  options: GlobalOptions,
  outcomes: Readonly<Record<string, string>>,
): Promise<void> {
  const { emulatorStatus } = await import("../../lab/status.ts");
  const { formatNextSteps, formatSwitches } = await import("../../lab/format.ts");
  const observed = await emulatorStatus(host, loaded.config, fabric);
  if (options.json) {
    printJson({ outcomes, ...observed });
  } else {
    print(`\n${formatSwitches(observed)}\n${formatNextSteps(loaded.config, observed)}`);
  }
}

async function showStatus(options: GlobalOptions): Promise<void> {
  const { host, loaded, fabric } = await loadContext(options);
  const { emulatorStatus } = await import("../../lab/status.ts");
  const { formatSwitches } = await import("../../lab/format.ts");
  const observed = await emulatorStatus(host, loaded.config, fabric);
  if (options.json) {
    printJson(observed);
  } else {
    print(formatSwitches(observed));
  }
  process.exitCode = observed.asPlanned ? ExitCode.done : ExitCode.drift;
}

async function stopSwitches(options: DownOptions): Promise<void> {
  const { stopSwitchesSteps } = await import("../../lab/take-down.ts");
  await runDown(options, stopSwitchesSteps);
}

async function runDown(
  options: DownOptions,
  stepsOf: typeof import("../../lab/take-down.ts").takeDown,
): Promise<void> {
  const graceMs = secondsInMs("--grace", options.grace);
  const context = await loadContext(options);
  const { host, loaded, fabric } = context;
  const steps = stepsOf(host, {
    config: loaded.config,
    fabric,
    graceMs,
    onWarning: warn,
  });
  await lockFabric(context, "down", () => runSteps(steps, { quiet: options.json }));
  if (options.json) {
    printJson({ stopped: true });
  }
}
