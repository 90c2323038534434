import type { Node } from "../../../fabric/types.ts";
import type { Host } from "../../../system/host.ts";
import { panicReport } from "../console-log.ts";
import { readApplied } from "../deliver.ts";
import { type Launch, readLaunch } from "../launch.ts";
import { nodePaths } from "../paths.ts";
import { machinePid } from "../process.ts";
import type { SavedNode } from "./manifest.ts";

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
  if (memoryOf(launch) !== memoryMiB) {
    return `has ${memoryOf(launch)} MiB of memory, the configuration says ${memoryMiB}; \`ikvswitch up\` first`;
  }
  if (await runsReplacedProgram(host, pid)) {
    return "its QEMU was replaced by another since it was started; `ikvswitch down` and `up` first";
  }
  return { memoryMiB, launch, digests };
}

function memoryOf({ command }: Launch): number {
  return Number(/^size=(\d+)M$/.exec(command.args[command.args.indexOf("-m") + 1] ?? "")?.[1]);
}

async function runsReplacedProgram(host: Host, pid: number): Promise<boolean> {
  const { stdout } = await host.run({ file: "readlink", args: [`/proc/${pid}/exe`] }, { okExitCodes: [1] });
  return stdout.trimEnd().endsWith(" (deleted)");
}

/** The folder of the image that a machine runs from. */
export function imageFolderOf({ command }: Launch): string {
  const kernel = command.args[command.args.indexOf("-kernel") + 1] ?? "";
  return kernel.slice(0, kernel.lastIndexOf("/"));
}
