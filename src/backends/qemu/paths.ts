import { logsOf } from "../../nodes/log-folder.ts";
import { appliedPath, nodesFolder } from "../../nodes/run-paths.ts";

/**
 * Where a running switch keeps what. The folder itself belongs to root, so that a machine that broke out of its
 * emulator can't change how it is started; only `run` below it is the emulator user's.
 */
export interface NodePaths {
  /** Root's; the emulator's group may read it. */
  readonly folder: string;
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

export function nodePaths(runDir: string, nodeName: string): NodePaths {
  const folder = `${nodesFolder(runDir)}/${nodeName}`;
  const run = `${folder}/run`;
  const logs = logsOf(runDir, nodeName);
  return {
    folder,
    launch: `${folder}/launch.json`,
    nodeFiles: `${folder}/node.cpio`,
    applied: appliedPath(runDir, nodeName),
    cloning: `${folder}/cloning`,
    vncPassword: `${folder}/vnc-password`,
    process: `${folder}/process`,
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
