import type { Argv } from "yargs";
import type { HostNetworkOptions } from "../../host/start.ts";
import type { OfHost } from "../../lab/net.ts";
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
    await checkStart(context);
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
  const { host, settings, fabric } = context;
  const { switchPorts } = await import("../../backends/find.ts");
  const { startNetworks } = await import("../../lab/net.ts");
  const { formatScripts, formatStarts } = await import("../../lab/format-net.ts");
  const results = await changeNetwork(context, options, "start", (network) =>
    forgetOnFailure(context, async () => {
      if (!options.dryRun) {
        await remember(context);
      }
      const ports = await switchPorts(host, placeOf(context));
      return startNetworks(host, { settings, fabric, switchPorts: ports }, network);
    }),
  );
  if (options.json) {
    printDocument("net start", { dryRun: options.dryRun, ...documentOf(results) });
  } else {
    print(options.dryRun ? formatScripts(results) : formatStarts(results));
    for (const { result } of results) {
      printOutsideRoute(result);
    }
  }
}

/** Returns the result of this host, or those of the members. */
function documentOf<Result>(
  results: readonly OfHost<Result>[],
): Result | { readonly members: readonly (Result & { readonly member: string })[] } {
  const [first] = results;
  return first?.member === null
    ? first.result
    : { members: results.map(({ member, result }) => ({ member: member ?? "", ...result })) };
}

/** Prints what the user has to do outside of this host. */
function printOutsideRoute({ outsideRoute }: { readonly outsideRoute: string | null }): void {
  if (outsideRoute !== null) {
    print(`# The router of the network outside needs this route to the fabric:\n${outsideRoute}`);
  }
}

async function stop(context: Context, options: ChangeOptions): Promise<void> {
  const { host, settings, fabric } = context;
  const { stopNetworks } = await import("../../lab/net.ts");
  const { formatScripts, formatStops } = await import("../../lab/format-net.ts");
  const results = await changeNetwork(context, options, "stop", async (network) => {
    const stopped = await stopNetworks(host, { settings, fabric }, network);
    if (!options.dryRun) {
      await forgetUnlessPresent(context);
    }
    return stopped;
  });
  if (options.json) {
    printDocument("net stop", { dryRun: options.dryRun, ...documentOf(results) });
  } else {
    print(options.dryRun ? formatScripts(results) : formatStops(results));
  }
}

/** @throws PreflightError if the network could not be built. */
async function checkStart({ host, fabric, settings }: Context): Promise<void> {
  const { checkHostNetwork, hostNetworkSettings } = await import("../../host/start.ts");
  if (fabric.cluster === undefined) {
    await checkHostNetwork(host, fabric, settings);
    return;
  }
  const { startNetworks } = await import("../../lab/net.ts");
  const switchPorts = { kind: "veth", running: [] } as const;
  const network = await hostNetworkSettings(host, settings);
  await startNetworks(host, { settings, fabric, switchPorts }, { ...network, dryRun: true });
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
  const { networkStatus, sumOfStatuses } = await import("../../lab/net.ts");
  const { formatStatuses } = await import("../../lab/format-net.ts");
  const found = await networkStatus(
    host,
    { settings, fabric, switchPorts: await switchPorts(host, placeOf(context)) },
    { ...(await hostNetworkSettings(host, settings)), probesLinks: true },
  );
  const all = sumOfStatuses(found);
  if (options.json) {
    printDocument("net status", all);
  } else {
    print(formatStatuses(found));
    printOutsideRoute(all);
  }
  process.exitCode = all.drift.length === 0 ? ExitCode.done : ExitCode.drift;
}
