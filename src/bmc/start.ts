import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { setBmcAddresses } from "./addresses.ts";
import { type DaemonOutcome, ensureDaemon } from "./daemon.ts";
import { installLibrary } from "./library.ts";
import { bmcPaths, simulatorPaths, simulatorsFolder } from "./paths.ts";
import { type BmcSettings, planBmcs } from "./plan.ts";
import { endProcesses, findBmcProcesses } from "./processes.ts";
import { stopBmcs } from "./stop.ts";

/**
 * Starts every node's BMC. Those that run as wanted are left alone; those of nodes that are no longer planned are
 * ended. The network's BMC bridge has to exist; the switches need not. Returns the outcomes by node.
 * @throws PreflightError if OpenIPMI is missing or unknown.
 * @throws CommandError with the program's output when a BMC does not start.
 */
export async function startBmcs(
  host: Host,
  fabric: Fabric,
  settings: BmcSettings,
): Promise<ReadonlyMap<string, DaemonOutcome>> {
  const plan = planBmcs(fabric, settings);
  if (plan.proxy === null) {
    await stopBmcs(host, fabric, settings);
    return new Map();
  }
  const nodes = [...plan.simulators.keys()];
  await makeFolders(host, settings, nodes);
  const fifosAreNew = await makeFifos(host, settings.runDir, nodes);
  const libraryIsNew = await installLibrary(host, bmcPaths(settings.runDir));
  const programIsNew = await installPrograms(host, settings);
  await setBmcAddresses(host, fabric.host.bmcBridge, plan.addresses);
  const running = await findBmcProcesses(host, settings.runDir);
  await endStrangers(host, settings.runDir, running.simulators, new Set(nodes));
  // First, because a simulator that does not find its console at once tries again only after ten seconds.
  await ensureDaemon(host, plan.proxy, running.proxy, { mustRestart: fifosAreNew || programIsNew });
  const outcomes = await Promise.all(
    [...plan.simulators].map(async ([node, daemon]) => {
      const processes = running.simulators.get(node) ?? [];
      return [node, await ensureDaemon(host, daemon, processes, { mustRestart: libraryIsNew })] as const;
    }),
  );
  return new Map(outcomes);
}

/** Ends the BMCs of nodes that are no longer planned. */
async function endStrangers(
  host: Host,
  runDir: string,
  simulators: ReadonlyMap<string, readonly ProcessIdentity[]>,
  planned: ReadonlySet<string>,
): Promise<void> {
  const strangers = [...simulators].filter(([node]) => !planned.has(node));
  await endProcesses(
    host,
    strangers.flatMap(([, processes]) => processes),
  );
  const paths = strangers.map(([node]) => simulatorPaths(runDir, node));
  await Promise.all(paths.flatMap(({ folder, logs }) => [host.remove(folder), host.remove(logs)]));
}

/** Makes set-group-ID folders: the emulator's group may read everything that root puts into them. */
async function makeFolders(
  host: Host,
  { runDir, user }: BmcSettings,
  nodes: readonly string[],
): Promise<void> {
  const { folder, libraryFolder, proxy } = bmcPaths(runDir);
  const folders = nodes.flatMap((node) => {
    const paths = simulatorPaths(runDir, node);
    return [paths.folder, paths.stateFolder, `${paths.stateFolder}/ipmi_sim`, paths.memoryFolder];
  });
  const all = [folder, libraryFolder, proxy.folder, simulatorsFolder(runDir), ...folders];
  await host.makeDirectory(runDir);
  await host.run({
    file: "install",
    args: ["-d", "-m", "2750", "-o", "0", "-g", String(user.gid), ...all],
  });
}

/** Makes the FIFOs that are missing. Returns true if any was. */
async function makeFifos(host: Host, runDir: string, nodes: readonly string[]): Promise<boolean> {
  const paths = nodes
    .map((node) => simulatorPaths(runDir, node))
    .flatMap((node) => [node.request, node.answer]);
  const found = await Promise.all(paths.map((path) => host.stat(path)));
  const missing = paths.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    await host.run({ file: "mkfifo", args: ["-m", "0660", ...missing] });
  }
  return missing.length > 0;
}

/**
 * Copies the programs, because the emulator's user may have no access to the place of installation. Returns true if the
 * proxy's program changed.
 */
async function installPrograms(host: Host, { runDir, programs }: BmcSettings): Promise<boolean> {
  const paths = bmcPaths(runDir);
  await installProgram(host, programs.chassis, paths.chassis, 0o640);
  return installProgram(host, programs.proxy, paths.proxyProgram, 0o640);
}

async function installProgram(host: Host, from: string, to: string, mode: number): Promise<boolean> {
  const program = await host.readFile(from);
  if (program === undefined) {
    throw new Error(`${from} is missing; the installation of ikvswitch is incomplete`);
  }
  if (program === (await host.readFile(to))) {
    return false;
  }
  await host.writeFile(to, program, mode);
  return true;
}
