import type { FileDigests } from "../../../render/hash.ts";
import type { EmulatorUser } from "../../../system/confine.ts";
import type { Command } from "../../../system/host.ts";
import type { KeptFile } from "../kept-files.ts";
import type { Launch } from "../launch.ts";
import type { HostFacts } from "../warm-base/key.ts";

/** Contents of a snapshot's folder. Written last: a folder without it is no snapshot. */
export interface SnapshotManifest {
  /** Version of this document's format and of the method that makes snapshots; raised when either changes. */
  readonly version: 1;
  readonly name: string;
  /** ISO 8601. */
  readonly savedAt: string;
  /** Length of the switches' pause for it. */
  readonly pausedMs: number;
  /** Facts about the host on which it was saved. */
  readonly facts: HostFacts;
  /** The image that the switches run from, with the checksums of its files, since an image can be rebuilt. */
  readonly image: { readonly id: string; readonly files: Readonly<Record<string, string>> };
  readonly compressed: boolean;
  /** By name. */
  readonly nodes: Readonly<Record<string, SavedNode>>;
  /** Names of the attached VMs that were saved with them. */
  readonly racked: readonly string[];
  /** All files except this one, by their path in the folder. */
  readonly files: Readonly<Record<string, KeptFile>>;
  /**
   * True if the switches are clones that have started only routing: complete-clone waits in each until it may start the
   * other services.
   */
  readonly onlyRouting?: boolean;
  /** The host's boot until whose end the files are whole, because they were not synced to disk. Absent: they were. */
  readonly bootId?: string;
}

export interface SavedNode {
  readonly memoryMiB: number;
  readonly launch: SavedLaunch;
  /** Digests of its files. */
  readonly digests: FileDigests;
}

/**
 * Launch settings of a switch's VM. They are only compared, as text, with those that would be used now: snapshots of
 * all builds have these fields in this order.
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

/** The restore target of a snapshot. */
export type RestoreTarget = Pick<SnapshotManifest, "facts" | "image"> & {
  readonly nodes: Readonly<Record<string, Pick<SavedNode, "launch" | "digests">>>;
};
