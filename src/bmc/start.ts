import type { Fabric } from "../fabric/types.ts";
import type { Command, Host } from "../system/host.ts";
import { setBmcAddresses } from "./addresses.ts";
import { type DaemonOutcome, ensureDaemon } from "./daemon.ts";
import { installLibrary } from "./library.ts";
import { bmcPaths, simulatorPaths, simulatorsFolder } from "./paths.ts";
import { type BmcSettings, planBmcs } from "./plan.ts";
import { endProcesses, findBmcProcesses, processRole } from "./processes.ts";
import { stopBmcs } from "./stop.ts";

/**
 * Start every node's BMC. Those that run as wanted are left alone; those of nodes that are no longer planned are
 * ended. The network's BMC bridge has to be there, and the node's machine need not be. Gives what was done, by node.
 * @throws PreflightError where OpenIPMI is missing or not as known.
 * @throws CommandError with the program's own words when a BMC does not start.
 */
export async function startBmcs(
  host: Host,
  fabric: Fabric,
  settings: BmcSettings,
): Promise<ReadonlyMap<string, DaemonOutcome>> {
  const plan = planBmcs(fabric, settings);
  if (plan.front === null) {
    await stopBmcs(host, fabric, settings);
    return new Map();
  }
  await makeFolders(host, settings, [...plan.simulators.keys()]);
  const mustRestart = await installLibrary(host, bmcPaths(settings.runDir));
  await setBmcAddresses(host, fabric.host.bmcBridge, plan.addresses);
  const running = await findBmcProcesses(host, settings.runDir);
  await endStrangers(host, settings.runDir, running.simulators, new Set(plan.simulators.keys()));
  const outcomes = await Promise.all(
    [...plan.simulators].map(async ([node, daemon]) => {
      const pids = running.simulators.get(node) ?? [];
      return [node, await ensureDaemon(host, daemon, pids, { mustRestart })] as const;
    }),
  );
  await ensureDaemon(host, plan.front, running.front, { mustRestart: false });
  return new Map(outcomes);
}

/** BMCs of nodes that are planned no more. */
async function endStrangers(
  host: Host,
  runDir: string,
  simulators: ReadonlyMap<string, readonly number[]>,
  planned: ReadonlySet<string>,
): Promise<void> {
  const strangers = [...simulators].filter(([node]) => !planned.has(node));
  await endProcesses(
    host,
    strangers.flatMap(([, pids]) => pids),
    (args) => processRole(args, runDir)?.kind === "simulator",
  );
  await Promise.all(strangers.map(([node]) => host.remove(simulatorPaths(runDir, node).folder)));
}

/** Set-group-ID folders: whatever root puts into them, the emulator's group may read. */
async function makeFolders(
  host: Host,
  { runDir, user }: BmcSettings,
  nodes: readonly string[],
): Promise<void> {
  const { folder, libraryFolder, front } = bmcPaths(runDir);
  const folders = nodes.flatMap((node) => {
    const paths = simulatorPaths(runDir, node);
    return [paths.folder, paths.stateFolder, `${paths.stateFolder}/ipmi_sim`, paths.memoryFolder];
  });
  const all = [folder, libraryFolder, front.folder, simulatorsFolder(runDir), ...folders];
  await host.makeDirectory(runDir);
  await host.run(groupFolders(all, user.gid));
}

function groupFolders(folders: readonly string[], gid: number): Command {
  return { file: "install", args: ["-d", "-m", "2750", "-o", "0", "-g", String(gid), ...folders] };
}
