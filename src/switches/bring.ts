import type { Host } from "../system/host.ts";
import { waitForBoot } from "./boot.ts";
import { updateRunning, writeDisk } from "./deliver.ts";
import { DEFAULT_GRACE_MS } from "./down.ts";
import type { NodeWork } from "./prepare.ts";
import { makeNodeFolders, writeLaunch } from "./qemu/launch.ts";
import { powerOn, stopMachine } from "./qemu/machine.ts";
import { nodePaths } from "./qemu/paths.ts";
import { withQmp } from "./qemu/qmp.ts";

/** What came of a node. */
export type NodeOutcome = "kept" | "updated" | "rebooted" | "started" | "restarted";

export interface BringOptions {
  readonly runDir: string;
  readonly rootPassword: string;
  /** For one node's boot, in a machine that boots others too. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
}

/**
 * Make a node what it should be, and return when its inside answers.
 * @throws CommandError with QEMU's words or the tail of the console when its machine does not start or boot.
 */
export async function bringNode(host: Host, work: NodeWork, options: BringOptions): Promise<NodeOutcome> {
  const { runDir } = options;
  const { name } = work.node;
  switch (work.action) {
    case "keep":
      return "kept";
    case "update": {
      const outcome = await updateRunning(host, runDir, work.delivery);
      await setVncPassword(host, options, name);
      if (outcome === "rebooted") {
        await waitForBoot(host, runDir, name, options);
      }
      return outcome;
    }
    case "restart":
      await stopMachine(host, runDir, name, { graceMs: DEFAULT_GRACE_MS });
      await start(host, work, options);
      return "restarted";
    case "start":
      await start(host, work, options);
      return "started";
  }
}

async function start(host: Host, { node, launch, delivery }: NodeWork, options: BringOptions): Promise<void> {
  const { runDir } = options;
  const paths = nodePaths(runDir, node.name);
  await makeNodeFolders(host, runDir, launch.user, [paths]);
  if ((await host.stat(paths.console)) !== undefined) {
    // What it showed in an earlier life must not be taken for this one's.
    await host.rename(paths.console, paths.earlierConsole);
  }
  await host.writeFile(paths.vncPassword, options.rootPassword);
  await writeDisk(host, runDir, delivery);
  await writeLaunch(host, paths, launch);
  await powerOn(host, runDir, node.name);
  await waitForBoot(host, runDir, node.name, options);
}

/** The file is for the machine's next start, the command for now. VNC looks at the first 8 characters only. */
async function setVncPassword(
  host: Host,
  { runDir, rootPassword }: BringOptions,
  name: string,
): Promise<void> {
  const paths = nodePaths(runDir, name);
  if ((await host.readFile(paths.vncPassword)) !== rootPassword) {
    await withQmp(host, { socket: paths.qmp, timeoutMs: 5_000 }, (qmp) =>
      qmp.execute("set_password", { protocol: "vnc", password: rootPassword }),
    );
    await host.writeFile(paths.vncPassword, rootPassword);
  }
}
