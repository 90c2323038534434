import { logsOf } from "../nodes/log-folder.ts";

/** Where the BMCs keep what they are started with. All of it belongs to root; the emulator's group may read it. */
export interface BmcPaths {
  readonly folder: string;
  /** Where the simulators look for libraries first. Nothing in it is executed or mapped: it may be mounted noexec. */
  readonly libraryFolder: string;
  /** The library that the simulators use instead of the system's, to be copied to memory. */
  readonly library: string;
  /** Leads to that copy, under the name by which the simulators ask for it. */
  readonly libraryLink: string;
  /** The shell script that the simulators run to reach the proxy. */
  readonly chassis: string;
  readonly proxyProgram: string;
  readonly proxy: DaemonPaths;
  readonly proxyConfig: string;
}

export interface DaemonPaths {
  readonly folder: string;
  /** What the running daemon was started with. */
  readonly launch: string;
  /** Pid and start time of its process. Root's alone. */
  readonly process: string;
  readonly logs: string;
  /** What it said since it was started. */
  readonly log: string;
}

export interface SimulatorPaths extends DaemonPaths {
  readonly lanConfig: string;
  /** What the simulated controller consists of, as simulator commands. */
  readonly commands: string;
  /** FIFOs between the simulator's chassis program and the proxy. */
  readonly request: string;
  readonly answer: string;
  /** Its persistent memory. */
  readonly stateFolder: string;
  readonly memoryFolder: string;
  readonly users: string;
}

/** The simulators' own library, as they ask for it. */
export const LIBRARY = "libIPMIlanserv.so.0";

export function bmcPaths(runDir: string): BmcPaths {
  const folder = `${runDir}/bmc`;
  // The names on disk are those of earlier builds, so that `down` finds the processes of their fabrics, too.
  const proxy = daemonPaths(`${folder}/attendant`, logsOf(runDir, "bmc-attendant"));
  return {
    folder,
    libraryFolder: `${folder}/lib`,
    library: `${folder}/lib/${LIBRARY}.changed`,
    libraryLink: `${folder}/lib/${LIBRARY}`,
    chassis: `${folder}/lib/bmc-chassis`,
    proxyProgram: `${folder}/lib/attendant.mjs`,
    proxy,
    proxyConfig: `${proxy.folder}/attendant.json`,
  };
}

export function simulatorPaths(runDir: string, nodeName: string): SimulatorPaths {
  const daemon = daemonPaths(`${simulatorsFolder(runDir)}/${nodeName}`, logsOf(runDir, `bmc-${nodeName}`));
  // ipmi_sim(1): below the state folder it makes one folder per program and name, and one file per kind of data
  // and controller; 20 is the BMC's address on its internal bus, in hexadecimal.
  const stateFolder = `${daemon.folder}/state`;
  const memoryFolder = `${stateFolder}/ipmi_sim/${nodeName}`;
  return {
    ...daemon,
    lanConfig: `${daemon.folder}/lan.conf`,
    commands: `${daemon.folder}/commands`,
    request: `${daemon.folder}/request`,
    answer: `${daemon.folder}/answer`,
    stateFolder,
    memoryFolder,
    users: `${memoryFolder}/users.mc20`,
  };
}

/** The folder that holds one folder per node. */
export function simulatorsFolder(runDir: string): string {
  return `${runDir}/bmc/nodes`;
}

function daemonPaths(folder: string, logs: string): DaemonPaths {
  return { folder, logs, launch: `${folder}/launch.json`, process: `${folder}/process`, log: `${logs}/log` };
}
