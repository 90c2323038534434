import { CommandError, TimeoutError } from "../../../errors.ts";
import { pausePath } from "../../../nodes/run-paths.ts";
import type { Host } from "../../../system/host.ts";
import { readVersioned } from "../../../system/state-file.ts";
import type { AttachedVm } from "../../model/snapshots.ts";
import { isFrozen, thawMachine } from "../faults.ts";
import { type NodeFolder, nodeFolder } from "../node-folder.ts";
import { resumeAttachedVm } from "./attached-vm-save.ts";

/** Machines that stand still for a snapshot. */
export interface Pause {
  readonly nodes: readonly string[];
  readonly attachedVms: readonly AttachedVm[];
}

interface PauseDocument {
  readonly version: 1;
  readonly nodes: readonly string[];
  readonly racked: readonly AttachedVm[];
}

const FORM = { nodes: "array", racked: "array" } as const;

/**
 * Do `work`, which stops these machines and has all of them go on again, with a note of it beside them. Whoever is killed
 * meanwhile leaves the note, on which nobody holds a lock any more, for `resumePaused`. So does work that fails.
 */
export async function withPauseNoted<T>(
  host: Host,
  runDir: string,
  { nodes, attachedVms }: Pause,
  work: () => Promise<T>,
): Promise<T> {
  const path = pausePath(runDir);
  const note: PauseDocument = { version: 1, nodes, racked: attachedVms };
  // Locked before it has its name: a note that nobody has locked is one of somebody who was killed.
  await host.writeFile(`${path}.new`, `${JSON.stringify(note)}\n`, 0o600);
  const unlock = await host.lock(`${path}.new`);
  try {
    await host.rename(`${path}.new`, path);
    const result = await work();
    await host.remove(path);
    return result;
  } finally {
    await unlock?.();
  }
}

/**
 * Have machines go on that a killed `snapshot save` left standing. Nothing to do while it still works.
 * @returns the names of those that stood still.
 */
export async function resumePaused(host: Host, runDir: string): Promise<readonly string[]> {
  const path = pausePath(runDir);
  const unlock = await host.lock(path);
  if (unlock === undefined) {
    return [];
  }
  try {
    const note = await readVersioned<PauseDocument>(host, path, FORM);
    const resumed = await Promise.all([
      ...(note?.nodes ?? []).map((name) => resumeNode(host, nodeFolder(runDir, name))),
      ...(note?.racked ?? []).map((machine) => resumeIfThere(host, machine)),
    ]);
    await host.remove(path);
    return resumed.flat();
  } finally {
    await unlock();
  }
}

async function resumeNode(host: Host, node: NodeFolder): Promise<readonly string[]> {
  if (!(await isFrozen(host, node))) {
    return [];
  }
  await thawMachine(host, node);
  return [node.name];
}

/** One that is gone by now needs nothing. */
async function resumeIfThere(host: Host, machine: AttachedVm): Promise<readonly string[]> {
  try {
    await resumeAttachedVm(host, machine);
    return [machine.name];
  } catch (error) {
    if (error instanceof CommandError || error instanceof TimeoutError) {
      return [];
    }
    throw error;
  }
}
