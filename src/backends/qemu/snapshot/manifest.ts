import type { FileDigests } from "../../../render/hash.ts";
import type { EmulatorUser } from "../../../system/confine.ts";
import type { Command } from "../../../system/host.ts";
import type { KeptFile } from "../kept-files.ts";
import type { Launch } from "../launch.ts";
import type { HostFacts } from "../warm-base/key.ts";

/** What is in a snapshot's folder, written last: a folder without it is no snapshot. */
export interface SnapshotManifest {
  /** Of this document's form and of the way snapshots are made; raised when either changes. */
  readonly version: 1;
  readonly name: string;
  /** ISO 8601. */
  readonly savedAt: string;
  /** How long the switches stood still for it. */
  readonly pausedMs: number;
  /** Of the host that it was saved on. */
  readonly facts: HostFacts;
  /** That the switches run from; its files' checksums, since an image can be built anew. */
  readonly image: { readonly id: string; readonly files: Readonly<Record<string, string>> };
  readonly compressed: boolean;
  /** By name. */
  readonly nodes: Readonly<Record<string, SavedNode>>;
  /** Names of the attached VMs that were saved with them. */
  readonly racked: readonly string[];
  /** All files but this, by their path in the folder. */
  readonly files: Readonly<Record<string, KeptFile>>;
}

export interface SavedNode {
  readonly memoryMiB: number;
  readonly launch: SavedLaunch;
  /** The files that it had. */
  readonly digests: FileDigests;
}

/**
 * How a switch's machine was started. It is only compared with what would be started now, as text: snapshots of all builds
 * have these parts in this order.
 */
export interface SavedLaunch {
  readonly version: 1;
  readonly node: string;
  readonly user: EmulatorUser;
  readonly kvm: boolean;
  readonly command: Command;
}

export function savedLaunch({ node, user, kvm, command }: Launch): SavedLaunch {
  return { version: 1, node, user, kvm, command };
}

/** What a snapshot would be restored to. */
export type SnapshotSite = Pick<SnapshotManifest, "facts" | "image"> & {
  readonly nodes: Readonly<Record<string, Pick<SavedNode, "launch" | "digests">>>;
};
