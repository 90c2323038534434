import { dirname } from "node:path";
import type { Host } from "../../../system/host.ts";
import { processors } from "../../../system/processors.ts";
import { withScratchFolder } from "../../../system/whole-folder.ts";
import { memorySource } from "../memory-source.ts";
import type { SwitchHost } from "../preflight.ts";
import type { NodeWork } from "../prepare.ts";
import type { CloneSource } from "../warm-base/provide.ts";
import { unpackMemories } from "./compress.ts";
import type { SnapshotManifest } from "./manifest.ts";

/** Saved switches, which fit the plan of those to start. */
export interface SavedSwitches {
  readonly folder: string;
  readonly manifest: SnapshotManifest;
  /** The switches to start, all of which are saved. */
  readonly work: readonly NodeWork[];
  readonly switchHost: SwitchHost;
}

/**
 * Runs `work` with the folder of the memories. Unpacked memories are unlinked afterwards; VMs that map them keep them.
 */
export async function withMemories<T>(
  host: Host,
  { folder, manifest, work: nodes, switchHost }: SavedSwitches,
  note: (text: string) => void,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (!manifest.compressed) {
    return work(folder);
  }
  return withScratchFolder(host, dirname(folder), async (scratch) => {
    note("unpacking");
    const names = nodes.map(({ node }) => node.name);
    const files = { from: folder, to: scratch, user: switchHost.user };
    await unpackMemories(host, files, names, await processors(host));
    return work(scratch);
  });
}

/** Returns the saved state from which each node resumes. */
export function sourcesOf(
  { folder, work, switchHost }: SavedSwitches,
  memories: string,
): ReadonlyMap<string, CloneSource> {
  const source = ({ node }: NodeWork): CloneSource => {
    const memory = memorySource(`${memories}/${node.name}/memory`, switchHost.qemuVersion);
    return { memory: { kind: "snapshot", source: memory }, state: `${folder}/${node.name}/state` };
  };
  return new Map(work.map((one) => [one.node.name, source(one)]));
}
