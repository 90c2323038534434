import type { Fabric } from "../fabric/types.ts";
import { type DaemonOutcome, ensureDaemon } from "../system/daemon.ts";
import { endProcesses } from "../system/end-process.ts";
import type { Host } from "../system/host.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { readStateText } from "../system/state-file.ts";
import { setBmcAddresses } from "./addresses.ts";
import { bmcEndpoint } from "./endpoint.ts";
import { installLibrary } from "./library.ts";
import { bmcPaths, certificateFolder, simulatorPaths, simulatorsFolder } from "./paths.ts";
import { type BmcSettings, planBmcs } from "./plan.ts";
import { findBmcProcesses } from "./processes.ts";
import { ensureCertificate, type KeyAndCertificate } from "./redfish/certificate.ts";
import { stopBmcs } from "./stop.ts";

/** The proxy's file, with hundreds of BMCs, is a tenth of this. */
const MAX_CONFIG_BYTES = 16 * 1024 * 1024;

/**
 * Starts the machines' BMCs. Those that run as wanted are left alone; those of machines that are no longer planned are
 * ended. The network's BMC bridge has to exist; the machines need not run. Returns the outcomes by machine.
 * @throws PreflightError if OpenIPMI is missing or unknown.
 * @throws CommandError with the program's output when a BMC does not start.
 */
export async function startBmcs(
  host: Host,
  fabric: Fabric,
  request: Omit<BmcSettings, "certificates">,
): Promise<ReadonlyMap<string, DaemonOutcome>> {
  const settings = { ...request, certificates: await ensureCertificates(host, request) };
  const plan = planBmcs(settings);
  if (plan.proxy === null) {
    await stopBmcs(host, fabric, settings);
    return new Map();
  }
  const { runDir } = settings;
  const names = [...plan.simulators.keys()];
  const served = await servedNames(host, runDir);
  await makeFolders(host, settings, names, plan.agent !== null);
  const newFifos = await makeFifos(host, runDir, names);
  const libraryIsNew = await installLibrary(host, bmcPaths(runDir));
  const programIsNew = await installPrograms(host, settings);
  await setBmcAddresses(host, fabric.host.bmcBridge, plan.addresses);
  const running = await findBmcProcesses(host, runDir);
  await endStrangers(host, settings, running.simulators, new Set(names));
  await (plan.agent === null
    ? endAgent(host, runDir, running.agent)
    : ensureDaemon(host, plan.agent, running.agent, { mustRestart: false }));
  // Before the simulators: one that does not find its console at once tries again only after ten seconds.
  const mustRestart = programIsNew || newFifos.some((name) => served.has(name));
  await ensureDaemon(host, plan.proxy, running.proxy, { mustRestart });
  const outcomes = await Promise.all(
    [...plan.simulators].map(async ([name, daemon]) => {
      const processes = running.simulators.get(name) ?? [];
      return [name, await ensureDaemon(host, daemon, processes, { mustRestart: libraryIsNew })] as const;
    }),
  );
  return new Map(outcomes);
}

async function ensureCertificates(
  host: Host,
  { targets, access, stateDir }: Omit<BmcSettings, "certificates">,
): Promise<ReadonlyMap<string, KeyAndCertificate>> {
  const made = targets.map(async (target): Promise<(readonly [string, KeyAndCertificate])[]> => {
    const { name } = target.facts;
    const endpoint = bmcEndpoint(target, access);
    if (endpoint.listen === "nowhere") {
      return [];
    }
    const folder = certificateFolder(stateDir, name);
    return [[name, await ensureCertificate(host, folder, { name, address: endpoint.address })]];
  });
  return new Map((await Promise.all(made)).flat());
}

/** Returns the machines whose FIFOs the running proxy has opened. */
async function servedNames(host: Host, runDir: string): Promise<ReadonlySet<string>> {
  const text = (await readStateText(host, bmcPaths(runDir).proxyConfig, MAX_CONFIG_BYTES)) ?? "";
  return new Set([...text.matchAll(/"name": "([a-z][a-z0-9-]*)"/g)].flatMap(([, name]) => name ?? []));
}

async function endAgent(host: Host, runDir: string, agents: readonly ProcessIdentity[]): Promise<void> {
  await endProcesses(host, agents, "the BMCs' agent");
  const { folder, logs } = bmcPaths(runDir).agent;
  await Promise.all([host.remove(folder), host.remove(logs)]);
}

/** Ends the BMCs of machines that are no longer planned. */
async function endStrangers(
  host: Host,
  { runDir, stateDir }: Pick<BmcSettings, "runDir" | "stateDir">,
  simulators: ReadonlyMap<string, readonly ProcessIdentity[]>,
  planned: ReadonlySet<string>,
): Promise<void> {
  const strangers = [...simulators].filter(([node]) => !planned.has(node));
  await endProcesses(
    host,
    strangers.flatMap(([, processes]) => processes),
    "a process of the BMCs",
  );
  const folders = strangers.flatMap(([name]) => {
    const { folder, logs } = simulatorPaths(runDir, name);
    return [folder, logs, certificateFolder(stateDir, name)];
  });
  await Promise.all(folders.map((folder) => host.remove(folder)));
}

/** Makes set-group-ID folders: the emulator's group may read everything that root puts into them. */
async function makeFolders(
  host: Host,
  { runDir, user }: BmcSettings,
  names: readonly string[],
  withAgent: boolean,
): Promise<void> {
  const { folder, libraryFolder, proxy, agent } = bmcPaths(runDir);
  const folders = names.flatMap((name) => {
    const paths = simulatorPaths(runDir, name);
    return [paths.folder, paths.stateFolder, `${paths.stateFolder}/ipmi_sim`, paths.memoryFolder];
  });
  const agents = withAgent ? [agent.folder] : [];
  const all = [folder, libraryFolder, proxy.folder, ...agents, simulatorsFolder(runDir), ...folders];
  await host.makeDirectory(runDir);
  await host.run({
    file: "install",
    args: ["-d", "-m", "2750", "-o", "0", "-g", String(user.gid), ...all],
  });
}

/** Makes the FIFOs that are missing. Returns the machines that lacked one. */
async function makeFifos(host: Host, runDir: string, names: readonly string[]): Promise<readonly string[]> {
  const { agent } = bmcPaths(runDir);
  const wanted = [
    { name: "the agent", paths: [agent.request, agent.answer] },
    ...names.map((name) => {
      const { request, answer } = simulatorPaths(runDir, name);
      return { name, paths: [request, answer] };
    }),
  ];
  const missing = await Promise.all(
    wanted.map(async ({ name, paths }) => {
      const found = await Promise.all(paths.map((path) => host.stat(path)));
      return { name, paths: paths.filter((_, index) => found[index] === undefined) };
    }),
  );
  const paths = missing.flatMap((machine) => machine.paths);
  if (paths.length > 0) {
    await host.run({ file: "mkfifo", args: ["-m", "0660", ...paths] });
  }
  return missing.flatMap((machine) => (machine.paths.length > 0 ? [machine.name] : []));
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
