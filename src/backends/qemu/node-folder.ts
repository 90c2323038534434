import { logsOf } from "../../nodes/log-folder.ts";
import { appliedPath, nodesFolder } from "../../nodes/run-paths.ts";
import type { Host } from "../../system/host.ts";

/**
 * The name and paths of a node's VM. The folder itself belongs to root, so that a guest that broke out of its emulator
 * can't change how the VM is started; only `run` below it belongs to the emulator's user.
 */
export interface NodeFolder {
  readonly name: string;
  /** Belongs to root; the emulator's group may read it. */
  readonly path: string;
  /** Launch settings of the VM: a LaunchSpec. */
  readonly launch: string;
  /** Disk with the node's rendered files, which the VM reads at boot. */
  readonly nodeFiles: string;
  /** Digests of the files that the VM booted with or received since. */
  readonly applied: string;
  /** Exists while the VM is being cloned: without its `up`, such a VM is an incomplete switch. */
  readonly cloning: string;
  /** The password that the VNC server demands. */
  readonly vncPassword: string;
  /** Pid and start time of the VM that root started last. Accessible only to root. */
  readonly process: string;
  /** Belongs to root; the emulator's group may read it, and the emulator's user may write to the files in it. */
  readonly logs: string;
  /** QEMU's own output since its last start. */
  readonly qemuLog: string;
  /** Belongs to the emulator's user. */
  readonly run: string;
  readonly pid: string;
  readonly qmp: string;
  readonly agent: string;
  /** Socket of the channel on which complete-clone waits in the guest. */
  readonly clone: string;
  readonly serial: string;
  /** Socket of the BMC's own serial console. */
  readonly bmcConsole: string;
  /** Output of the serial console since `up` started the VM, including reboots. */
  readonly console: string;
  /** Link to `console` that QEMU opens. For a VM that an earlier version started, it is the log file itself. */
  readonly consoleLink: string;
  /** Console log of the run before. */
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

/** Returns the folders of all nodes below this run directory, whichever their backend is. */
export async function nodeFolders(host: Host, runDir: string): Promise<readonly NodeFolder[]> {
  return (await host.list(nodesFolder(runDir))).map((name) => nodeFolder(runDir, name));
}
