import { logsOf } from "../nodes/log-folder.ts";
import { type DaemonPaths, daemonPaths } from "../system/daemon.ts";

/** Files with which the BMCs are started. All of them belong to root; the emulator's group may read them. */
export interface BmcPaths {
  readonly folder: string;
  /**
   * First folder in which the simulators look for libraries. Nothing in it is executed or mapped: it may be mounted
   * noexec.
   */
  readonly libraryFolder: string;
  /** The changed library that simulators use instead of the system's. It is copied to memory. */
  readonly library: string;
  /** Link to that copy, under the name that the simulators look for. */
  readonly libraryLink: string;
  /** The shell script that the simulators run to reach the proxy. */
  readonly chassis: string;
  readonly proxyProgram: string;
  readonly proxy: DaemonPaths;
  readonly proxyConfig: string;
  readonly agent: AgentPaths;
}

export interface AgentPaths extends DaemonPaths {
  /** The command that it runs, as words. */
  readonly command: string;
  /** FIFOs between the proxy and the agent. The proxy has them open even if there is no agent. */
  readonly request: string;
  readonly answer: string;
}

export interface SimulatorPaths extends DaemonPaths {
  readonly lanConfig: string;
  /** Parts of the simulated controller, as simulator commands. */
  readonly commands: string;
  /** FIFOs between the simulator's chassis program and the proxy. */
  readonly request: string;
  readonly answer: string;
  /** Its persistent memory. */
  readonly stateFolder: string;
  readonly memoryFolder: string;
  readonly users: string;
}

/** File name of the simulators' own library. */
export const LIBRARY = "libIPMIlanserv.so.0";

export function bmcPaths(runDir: string): BmcPaths {
  const folder = `${runDir}/bmc`;
  // The names on disk are those of earlier builds, so that `down` finds the processes of their fabrics, too.
  const proxy = daemonPaths(`${folder}/attendant`, logsOf(runDir, "bmc-attendant"));
  const agent = daemonPaths(`${folder}/agent`, logsOf(runDir, "bmc-agent"));
  return {
    folder,
    libraryFolder: `${folder}/lib`,
    library: `${folder}/lib/${LIBRARY}.changed`,
    libraryLink: `${folder}/lib/${LIBRARY}`,
    chassis: `${folder}/lib/bmc-chassis`,
    proxyProgram: `${folder}/lib/attendant.mjs`,
    proxy,
    proxyConfig: `${proxy.folder}/attendant.json`,
    agent: {
      ...agent,
      command: `${agent.folder}/command.json`,
      request: `${proxy.folder}/agent-request`,
      answer: `${proxy.folder}/agent-answer`,
    },
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

/** Returns the folder of the key and the certificate of a machine's BMC, which stay over a `down`. */
export function certificateFolder(stateDir: string, name: string): string {
  return `${stateDir}/bmc/${name}`;
}

/** The folder that holds one folder per node. */
export function simulatorsFolder(runDir: string): string {
  return `${runDir}/bmc/nodes`;
}
