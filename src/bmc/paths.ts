/** Where the BMCs keep what they are started with. All of it belongs to root; the emulator's group may read it. */
export interface BmcPaths {
  readonly folder: string;
  /** Holds the library that the simulators use instead of the system's. */
  readonly libraryFolder: string;
  readonly library: string;
  readonly front: DaemonPaths;
  /** Which BMC listens where, for the front. */
  readonly frontConfig: string;
}

export interface DaemonPaths {
  readonly folder: string;
  /** What the running daemon was started with. */
  readonly launch: string;
  /** What it said since it was started. */
  readonly log: string;
}

export interface SimulatorPaths extends DaemonPaths {
  readonly lanConfig: string;
  /** What the simulated controller consists of, as simulator commands. */
  readonly commands: string;
  /** Its persistent memory. */
  readonly stateFolder: string;
  readonly memoryFolder: string;
  readonly users: string;
}

const LIBRARY = "libIPMIlanserv.so.0";

export function bmcPaths(runDir: string): BmcPaths {
  const folder = `${runDir}/bmc`;
  const front = daemonPaths(`${folder}/front`);
  return {
    folder,
    libraryFolder: `${folder}/lib`,
    library: `${folder}/lib/${LIBRARY}`,
    front,
    frontConfig: `${front.folder}/front.json`,
  };
}

export function simulatorPaths(runDir: string, nodeName: string): SimulatorPaths {
  const daemon = daemonPaths(`${simulatorsFolder(runDir)}/${nodeName}`);
  // ipmi_sim(1): below the state folder it makes one folder per program and name, and one file per kind of data
  // and controller; 20 is the BMC's address on its internal bus, in hexadecimal.
  const stateFolder = `${daemon.folder}/state`;
  const memoryFolder = `${stateFolder}/ipmi_sim/${nodeName}`;
  return {
    ...daemon,
    lanConfig: `${daemon.folder}/lan.conf`,
    commands: `${daemon.folder}/commands`,
    stateFolder,
    memoryFolder,
    users: `${memoryFolder}/users.mc20`,
  };
}

/** The folder that holds one folder per node. */
export function simulatorsFolder(runDir: string): string {
  return `${runDir}/bmc/nodes`;
}

function daemonPaths(folder: string): DaemonPaths {
  return { folder, launch: `${folder}/launch.json`, log: `${folder}/log` };
}
