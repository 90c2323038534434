import type { Host } from "../../../system/host.ts";
import { processors } from "../../../system/processors.ts";
import { withScratchFolder } from "../../../system/whole-folder.ts";
import type { SnapshotRestoreRequest } from "../../model/snapshots.ts";
import { memorySource } from "../memory-source.ts";
import type { NodeWork } from "../prepare.ts";
import type { CloneSource } from "../warm-base/provide.ts";
import { unpackMemories } from "./compress.ts";
import type { SnapshotManifest } from "./manifest.ts";
import type { RestoreTarget } from "./restore-target.ts";
import { snapshotFolder, snapshotsFolder } from "./store.ts";

export function readyOf({ ready }: RestoreTarget): NonNullable<RestoreTarget["ready"]> {
  if (ready === undefined) {
    throw new Error("a snapshot without an image was not refused");
  }
  return ready;
}

/**
 * Runs `work` with the folder of the memories. Unpacked memories are unlinked afterwards; VMs that map them keep them.
 */
export async function withMemories(
  host: Host,
  { settings, fabric, name }: SnapshotRestoreRequest,
  { compressed }: SnapshotManifest,
  { switchHost }: RestoreTarget,
  note: (text: string) => void,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = snapshotFolder(settings.stateDir, name);
  if (!compressed) {
    return work(folder);
  }
  await withScratchFolder(host, snapshotsFolder(settings.stateDir), async (scratch) => {
    note("unpacking");
    const names = fabric.nodes.map((node) => node.name);
    const files = { from: folder, to: scratch, user: switchHost.user };
    await unpackMemories(host, files, names, await processors(host));
    await work(scratch);
  });
}

/** Returns the saved state from which each node resumes. */
export function sourcesOf(
  { settings, name }: SnapshotRestoreRequest,
  target: RestoreTarget,
  memories: string,
): ReadonlyMap<string, CloneSource> {
  const { work } = readyOf(target);
  const source = ({ node }: NodeWork): CloneSource => {
    const memory = memorySource(`${memories}/${node.name}/memory`, target.switchHost.qemuVersion);
    return {
      memory: { kind: "snapshot", source: memory },
      state: `${snapshotFolder(settings.stateDir, name)}/${node.name}/state`,
    };
  };
  return new Map(work.map((one) => [one.node.name, source(one)]));
}
