import { CommandError, TimeoutError } from "../../../errors.ts";
import { pausePath } from "../../../nodes/run-paths.ts";
import type { Host } from "../../../system/host.ts";
import { readVersioned } from "../../../system/state-file.ts";
import type { AttachedVm } from "../../model/snapshots.ts";
import { isFrozen, thawMachine } from "../faults.ts";
import { type NodeFolder, nodeFolder } from "../node-folder.ts";
import { resumeAttachedVm } from "./attached-vm-save.ts";

/** VMs that are paused for a snapshot. */
export interface Pause {
  readonly nodes: readonly string[];
  readonly attachedVms: readonly AttachedVm[];
  /** Leaves the note after success: the VMs stay paused until they are ended, which removes it. */
  readonly remains: boolean;
}

interface PauseDocument {
  readonly version: 1;
  readonly nodes: readonly string[];
  readonly racked: readonly AttachedVm[];
}

const FORM = { nodes: "array", racked: "array" } as const;

/**
 * Runs `work`, which pauses and resumes these VMs, while a note about them exists. If this process is killed meanwhile,
 * or `work` fails, the note remains without a lock, for `resumePaused`.
 */
export async function withPauseNoted<T>(
  host: Host,
  runDir: string,
  { nodes, attachedVms, remains }: Pause,
  work: () => Promise<T>,
): Promise<T> {
  const path = pausePath(runDir);
  const note: PauseDocument = { version: 1, nodes, racked: attachedVms };
  // The file is locked before it gets its final name: a note without a lock was left by a killed process.
  await host.writeFile(`${path}.new`, `${JSON.stringify(note)}\n`, 0o600);
  const unlock = await host.lock(`${path}.new`);
  try {
    await host.rename(`${path}.new`, path);
    const result = await work();
    if (!remains) {
      await host.remove(path);
    }
    return result;
  } finally {
    await unlock?.();
  }
}

/**
 * Resumes VMs that a killed `snapshot save` left paused. Does nothing while a save is running.
 * @returns the names of those that were paused.
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

/** Resumes an attached VM, unless it no longer runs. */
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
