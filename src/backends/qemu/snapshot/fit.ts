import { CommandError } from "../../../errors.ts";
import type { Fabric, Node } from "../../../fabric/types.ts";
import type { Host } from "../../../system/host.ts";
import type { AttachedVm, PreparedSave } from "../../model/snapshots.ts";
import { panicReport } from "../console-log.ts";
import { readApplied } from "../deliver.ts";
import { isOfThisBuild } from "../launch.ts";
import { readLaunch } from "../launch-file.ts";
import { type NodeFolder, nodeFolder } from "../node-folder.ts";
import { machinePid } from "../process.ts";
import { attachedVmProblem } from "./attached-vm-save.ts";
import { type SavedNode, savedLaunch } from "./manifest.ts";
import { freeMiB } from "./store.ts";

/** A fabric to save. */
export interface ToSave {
  readonly runDir: string;
  readonly fabric: Fabric;
  readonly attachedVms: readonly AttachedVm[];
  /** The command that saves, for messages: `snapshot save one`. */
  readonly command: string;
}

/**
 * Returns the data about the switches for a snapshot, by name.
 * @throws CommandError with a line for each VM that can't be saved.
 */
export async function describeNodes(
  host: Host,
  { runDir, fabric, attachedVms, command }: ToSave,
): Promise<Readonly<Record<string, SavedNode>>> {
  const found = await Promise.all(
    fabric.nodes.map(
      async (node) => [node.name, await describeNode(host, nodeFolder(runDir, node.name), node)] as const,
    ),
  );
  const ofAttachedVms = await Promise.all(attachedVms.map((machine) => attachedVmProblem(host, machine)));
  const problems = [
    ...found.flatMap(([node, one]) => (typeof one === "string" ? [`${node}: ${one}`] : [])),
    ...ofAttachedVms.filter((problem) => problem !== null),
  ];
  if (problems.length > 0) {
    throw new CommandError(command, undefined, problems.join("\n"));
  }
  return Object.fromEntries(
    found.flatMap(([node, one]) => (typeof one === "string" ? [] : [[node, one] as const])),
  );
}

/** Returns the most space that a snapshot of this fabric takes: pages of zeros take none, but how many is unknown. */
export function largestMiB({ nodes }: Fabric): number {
  return nodes.reduce((sum, { machine }) => sum + machine.memoryMiB + STATE_MIB, 0);
}

/** Largest size of a VM's device state. */
const STATE_MIB = 4;

/** @throws CommandError if the space in this folder may not suffice. */
export async function findSpace(
  host: Host,
  { fabric, folder, command }: Pick<ToSave, "fabric" | "command"> & { readonly folder: string },
): Promise<Pick<PreparedSave, "expectedMiB" | "freeMiB">> {
  const expectedMiB = largestMiB(fabric);
  const free = await freeMiB(host, folder);
  if (free < expectedMiB) {
    const reason = `needs up to ${expectedMiB} MiB, but ${folder} has ${free} MiB free`;
    throw new CommandError(command, undefined, reason);
  }
  return { expectedMiB, freeMiB: free };
}

/** Returns the data about a switch for a snapshot, or the reason why it can't be saved. */
async function describeNode(
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
