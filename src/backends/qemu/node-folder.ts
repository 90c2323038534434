import { logsOf } from "../../nodes/log-folder.ts";
import { appliedPath, nodesFolder } from "../../nodes/run-paths.ts";
import type { Host } from "../../system/host.ts";

/**
 * A node's machine, by its name and where it keeps what. The folder itself belongs to root, so that a machine that broke
 * out of its emulator can't change how it is started; only `run` below it is the emulator user's.
 */
export interface NodeFolder {
  readonly name: string;
  /** Root's; the emulator's group may read it. */
  readonly path: string;
  /** What the machine is made from: a LaunchSpec. */
  readonly launch: string;
  /** The node's rendered files, as the machine reads them at boot. */
  readonly nodeFiles: string;
  /** Digests of the files that the machine booted with or was given since. */
  readonly applied: string;
  /** There while the machine is being cloned: one that runs without its `up` is half of a switch. */
  readonly cloning: string;
  /** The password that the VNC server demands. */
  readonly vncPassword: string;
  /** Pid and start time of the machine that root started last. Root's alone. */
  readonly process: string;
  /** Root's; the emulator's group may read it, and that user write to the files in it. */
  readonly logs: string;
  /** What QEMU itself said since its last start. */
  readonly qemuLog: string;
  /** The emulator user's. */
  readonly run: string;
  readonly pid: string;
  readonly qmp: string;
  readonly agent: string;
  /** Where what completes a clone waits inside. */
  readonly clone: string;
  readonly serial: string;
  /** The serial console that is its BMC's. */
  readonly bmcConsole: string;
  /** Everything the serial console showed since `up` started the machine, reboots included. */
  readonly console: string;
  /** Leads QEMU there. Of a machine that an earlier version started, it is the file itself. */
  readonly consoleLink: string;
  /** The console of the time before. */
  readonly earlierConsole: string;
}

export function nodeFolder(runDir: string, name: string): NodeFolder {
  const path = `${nodesFolder(runDir)}/${name}`;
  const run = `${path}/run`;
  const logs = logsOf(runDir, name);
  return {
    name,
    path,
    launch: `${path}/launch.json`,
    nodeFiles: `${path}/node.cpio`,
    applied: appliedPath(runDir, name),
    cloning: `${path}/cloning`,
    vncPassword: `${path}/vnc-password`,
    process: `${path}/process`,
    logs,
    qemuLog: `${logs}/qemu.log`,
    run,
    pid: `${run}/qemu.pid`,
    qmp: `${run}/qmp.sock`,
    agent: `${run}/agent.sock`,
    clone: `${run}/clone.sock`,
    serial: `${run}/serial.sock`,
    bmcConsole: `${run}/sol.sock`,
    console: `${logs}/console.log`,
    consoleLink: `${run}/console.log`,
    earlierConsole: `${logs}/console.log.1`,
  };
}

/** Those of all nodes below this run directory, whatever their switches are made of. */
export async function nodeFolders(host: Host, runDir: string): Promise<readonly NodeFolder[]> {
  return (await host.list(nodesFolder(runDir))).map((name) => nodeFolder(runDir, name));
}
