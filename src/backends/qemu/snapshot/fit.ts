import type { Node } from "../../../fabric/types.ts";
import type { Host } from "../../../system/host.ts";
import { panicReport } from "../console-log.ts";
import { readApplied } from "../deliver.ts";
import { isOfThisBuild } from "../launch.ts";
import { readLaunch } from "../launch-file.ts";
import type { NodeFolder } from "../node-folder.ts";
import { machinePid } from "../process.ts";
import { type SavedNode, savedLaunch } from "./manifest.ts";

/** Returns the data about a switch for a snapshot, or the reason why it can't be saved. */
export async function describeNode(
  host: Host,
  folder: NodeFolder,
  { machine: { memoryMiB } }: Node,
): Promise<SavedNode | string> {
  const pid = await machinePid(host, folder);
  if (pid === undefined) {
    return "is off; run 'ikvswitch up' first";
  }
  if ((await host.stat(folder.cloning)) !== undefined) {
    return "incomplete clone: 'up' was interrupted; run 'ikvswitch up' first";
  }
  if ((await panicReport(host, folder)) !== null) {
    return "kernel panic; run 'ikvswitch up' first";
  }
  const [launch, digests] = await Promise.all([readLaunch(host, folder), readApplied(host, folder)]);
  if (launch === undefined || digests === undefined) {
    return "unknown launch parameters; run 'ikvswitch up' first";
  }
  if (launch.memoryMiB !== memoryMiB) {
    return `has ${launch.memoryMiB} MiB of memory instead of the configured ${memoryMiB}; run 'ikvswitch up' first`;
  }
  if (!isOfThisBuild(launch)) {
    return "was started by another version of ikvswitch; run 'ikvswitch up' first";
  }
  if (await runsReplacedProgram(host, pid)) {
    return "QEMU was upgraded since its start; run 'ikvswitch down' and 'up' first";
  }
  return { memoryMiB, launch: savedLaunch(launch), digests };
}

async function runsReplacedProgram(host: Host, pid: number): Promise<boolean> {
  const { stdout } = await host.run({ file: "readlink", args: [`/proc/${pid}/exe`] }, { okExitCodes: [1] });
  return stdout.trimEnd().endsWith(" (deleted)");
}
