import type { Argv } from "yargs";
import type { HostNetworkOptions } from "../../host/start.ts";
import { command, commandGroup } from "../command.ts";
import { type Context, type GlobalOptions, interrupted, loadContext, warnOfUnusedKeys } from "../context.ts";
import { ExitCode } from "../exit-codes.ts";
import { lockFabric, refuseClashes } from "../lock-network.ts";
import { print, warn } from "../output.ts";
import { placeOf } from "../place.ts";
import { printDocument } from "../print-document.ts";
import { forgetOnFailure, forgetUnlessPresent, remember } from "../remember.ts";

interface ChangeOptions extends GlobalOptions {
  readonly dryRun: boolean;
}

const startCommand = command<ChangeOptions>({
  command: "start",
  describe: "Create or repair the host network",
  builder: withDryRun,
  run: async (options) => start(await loadContext(options, "file"), options),
});

const stopCommand = command<ChangeOptions>({
  command: "stop",
  describe: "Remove the host network and restore the host's settings",
  builder: withDryRun,
  run: async (options) => stop(await loadContext(options), options),
});

const restartCommand = command({
  command: "restart",
  describe: "Stop, then start",
  run: async (options) => {
    const running = await loadContext(options);
    // Checks the requirements of the start before anything is removed.
    const context = await loadContext(options, "file");
    const { host, fabric, settings } = context;
    const { checkHostNetwork } = await import("../../host/start.ts");
    await checkHostNetwork(host, fabric, settings);
    await stop(running, { ...options, json: false, dryRun: false });
    await start(context, { ...options, dryRun: false });
  },
});

const statusCommand = command({
  command: "status",
  describe: "Compare the host network with the plan (exit code 4: differences)",
  run: status,
});

/** The commands of `ikvswitch-host-networking`, which are also in `ikvswitch net`. */
export const hostNetworkCommands = [startCommand, stopCommand, restartCommand, statusCommand];

export const netCommand = commandGroup(
  "net",
  "Manage the host network alone: bridges, taps, one route and one SNAT rule",
  hostNetworkCommands,
);

function withDryRun(parser: Argv): Argv {
  return parser.option("dry-run", {
    type: "boolean",
    default: false,
    describe: "Print the commands without running them",
  });
}

async function start(context: Context, options: ChangeOptions): Promise<void> {
  await warnOfUnusedKeys(context.loaded);
  const { switchPorts } = await import("../../backends/find.ts");
  const { startHostNetwork } = await import("../../host/start.ts");
  const { formatPhases, summarizeStart } = await import("../../host/format.ts");
  const result = await changeNetwork(context, options, "start", (settings) =>
    forgetOnFailure(context, async () => {
      if (!options.dryRun) {
        await remember(context);
      }
      return startHostNetwork(context.host, context.fabric, {
        ...settings,
        switchPorts: await switchPorts(context.host, placeOf(context)),
      });
    }),
  );
  if (options.json) {
    printDocument("net start", { dryRun: options.dryRun, ...result });
  } else {
    print(options.dryRun ? formatPhases(result.phases) : `Host network: ${summarizeStart(result)}.`);
    printOutsideRoute(result);
  }
}

/** Prints what the user has to do outside of this host. */
function printOutsideRoute({ outsideRoute }: { readonly outsideRoute: string | null }): void {
  if (outsideRoute !== null) {
    print(`# The router of the network outside needs this route to the fabric:\n${outsideRoute}`);
  }
}

async function stop(context: Context, options: ChangeOptions): Promise<void> {
  const { stopHostNetwork } = await import("../../host/stop.ts");
  const { formatPhases, summarizeStop } = await import("../../host/format.ts");
  const result = await changeNetwork(context, options, "stop", async (settings) => {
    const stopped = await stopHostNetwork(context.host, context.fabric, settings);
    if (!options.dryRun) {
      await forgetUnlessPresent(context);
    }
    return stopped;
  });
  if (options.json) {
    printDocument("net stop", { dryRun: options.dryRun, ...result });
  } else {
    print(options.dryRun ? formatPhases(result.phases) : `Host network: ${summarizeStop(result)}.`);
  }
}

/** A dry run changes nothing, so it takes no lock. */
async function changeNetwork<T>(
  context: Context,
  options: ChangeOptions,
  action: string,
  work: (settings: HostNetworkOptions) => Promise<T>,
): Promise<T> {
  const { hostNetworkSettings } = await import("../../host/start.ts");
  const settings: HostNetworkOptions = {
    ...(await hostNetworkSettings(context.host, context.settings)),
    dryRun: options.dryRun,
    onWarning: warn,
    interrupted,
  };
  if (!options.dryRun) {
    return lockFabric(context, `net ${action}`, () => work(settings));
  }
  await refuseClashes(context);
  return work(settings);
}

async function status(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options);
  const { host, settings, fabric } = context;
  const { switchPorts } = await import("../../backends/find.ts");
  const { hostNetworkSettings } = await import("../../host/start.ts");
  const { hostNetworkStatus } = await import("../../host/status.ts");
  const { formatStatus } = await import("../../host/format.ts");
  const observed = await hostNetworkStatus(
    host,
    fabric,
    { ...(await hostNetworkSettings(host, settings)), probesLinks: true },
    await switchPorts(host, placeOf(context)),
  );
  if (options.json) {
    printDocument("net status", observed);
  } else {
    print(formatStatus(observed));
    printOutsideRoute(observed);
  }
  process.exitCode = observed.drift.length === 0 ? ExitCode.done : ExitCode.drift;
}
