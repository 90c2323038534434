import type { Node } from "../../../fabric/types.ts";
import type { Host } from "../../../system/host.ts";
import { panicReport } from "../console-log.ts";
import { readApplied } from "../deliver.ts";
import { isOfThisBuild } from "../launch.ts";
import { readLaunch } from "../launch-file.ts";
import { nodePaths } from "../paths.ts";
import { machinePid } from "../process.ts";
import { type SavedNode, savedLaunch } from "./manifest.ts";

/** What a snapshot is to remember of a switch, or why it is not fit to be saved. */
export async function describeNode(host: Host, runDir: string, node: Node): Promise<SavedNode | string> {
  const paths = nodePaths(runDir, node.name);
  const pid = await machinePid(host, paths);
  if (pid === undefined) {
    return "is off; `ikvswitch up` first";
  }
  if ((await host.stat(paths.cloning)) !== undefined) {
    return "is half of a switch, since its `up` was killed; `ikvswitch up` first";
  }
  if ((await panicReport(host, paths)) !== null) {
    return "its kernel has panicked; `ikvswitch up` first";
  }
  const [launch, digests] = await Promise.all([
    readLaunch(host, paths),
    readApplied(host, runDir, node.name),
  ]);
  if (launch === undefined || digests === undefined) {
    return "nothing tells how it was started; `ikvswitch up` first";
  }
  const { memoryMiB } = node.machine;
  if (launch.memoryMiB !== memoryMiB) {
    return `has ${launch.memoryMiB} MiB of memory, the configuration says ${memoryMiB}; \`ikvswitch up\` first`;
  }
  if (!isOfThisBuild(launch)) {
    return "was started by another version of ikvswitch; `ikvswitch up` first";
  }
  if (await runsReplacedProgram(host, pid)) {
    return "its QEMU was replaced by another since it was started; `ikvswitch down` and `up` first";
  }
  return { memoryMiB, launch: savedLaunch(launch), digests };
}

async function runsReplacedProgram(host: Host, pid: number): Promise<boolean> {
  const { stdout } = await host.run({ file: "readlink", args: [`/proc/${pid}/exe`] }, { okExitCodes: [1] });
  return stdout.trimEnd().endsWith(" (deleted)");
}
