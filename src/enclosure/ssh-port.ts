import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { logsOf, mountLogs } from "../nodes/log-folder.ts";
import { confined } from "../system/confine.ts";
import { type Daemon, type DaemonPaths, daemonPaths, ensureDaemon } from "../system/daemon.ts";
import { findEmulatorUser } from "../system/emulator-user.ts";
import { endProcesses } from "../system/end-process.ts";
import type { Host } from "../system/host.ts";
import type { ProcessIdentity } from "../system/process-identity.ts";
import { findProcesses } from "../system/processes.ts";
import { productPath } from "../system/product-path.ts";
import { withHostPorts } from "./host-ports.ts";

const SSH_PORT = 22;
const NAME = "the program of INTERNET_SSH_PORT";

/** The port of the host that leads to the SSH server of the internet router. */
export interface SshPortStatus {
  readonly running: boolean;
  /** Of the host's 127.0.0.1. */
  readonly port: number;
}

/** Reports whether there is to be such a port. */
export function wantsSshPort({ enclosure, internetSshPort }: Settings): boolean {
  return enclosure !== null && internetSshPort > 0;
}

/**
 * Opens the port. One that is open is left alone, with its connections; a changed one is closed first.
 * @throws CommandError if it is in use.
 */
export async function startSshPort(host: Host, fabric: Fabric, settings: Settings): Promise<void> {
  const internet = fabric.nodes.find(({ role }) => role === "internet");
  if (internet === undefined) {
    throw new Error("the plan has no internet router");
  }
  const { runDir, internetSshPort } = settings;
  const user = await findEmulatorUser(host, settings.emulatorUser);
  const forward = {
    file: "perl",
    args: [forwardProgram(), String(internet.loopback), String(SSH_PORT)],
  };
  const paths = sshPortPaths(runDir);
  await mountLogs(host, runDir);
  await host.makeDirectory(paths.folder, 0o700);
  await host.makeDirectory(paths.logs, 0o700);
  const daemon: Daemon = {
    name: NAME,
    paths,
    files: [{ path: portFile(runDir), content: `${internetSshPort}\n`, mode: 0o600 }],
    command: withHostPorts(confined(forward, user, { kvm: false }), [internetSshPort]),
    protocol: "tcp",
    listens: [],
    says: "ready",
  };
  await ensureDaemon(host, daemon, await findSshPort(host), { mustRestart: false });
}

/** Closes the port and ends its connections. Does nothing if it is not open. */
export async function stopSshPort(host: Host, { runDir, enclosure }: Settings): Promise<void> {
  if (enclosure !== null) {
    await endProcesses(host, await findSshPort(host), NAME);
    const { folder, logs } = sshPortPaths(runDir);
    await Promise.all([folder, logs].map((path) => host.remove(path)));
  }
}

/** Returns the port's status; null if there is to be none. */
export async function sshPortStatus(host: Host, settings: Settings): Promise<SshPortStatus | null> {
  return wantsSshPort(settings)
    ? { running: (await findSshPort(host)).length > 0, port: settings.internetSshPort }
    : null;
}

/** Finds the process that listens, and one or two for each connection. An enclosure has one fabric. */
export async function findSshPort(host: Host): Promise<readonly ProcessIdentity[]> {
  const program = forwardProgram();
  // Others forward to other ports, which follow the address.
  const leadsToSsh = (args: readonly string[]) => args[args.indexOf(program) + 2] === String(SSH_PORT);
  return findProcesses(host, (args) => args.includes(program) && leadsToSsh(args), undefined);
}

/** Returns the port that is open; undefined if there is none. */
export async function openSshPort(host: Host, runDir: string): Promise<number | undefined> {
  const text = (await findSshPort(host)).length === 0 ? undefined : await host.readFile(portFile(runDir));
  return text === undefined ? undefined : Number(text);
}

function sshPortPaths(runDir: string): DaemonPaths {
  return daemonPaths(`${runDir}/ssh-port`, logsOf(runDir, "ssh-port"));
}

/** The port that is open. */
function portFile(runDir: string): string {
  return `${sshPortPaths(runDir).folder}/port`;
}

function forwardProgram(): string {
  return productPath("libexec/enclosure/forward");
}
