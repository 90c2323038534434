import type { Host } from "../../system/host.ts";
import { readVersioned } from "../../system/versioned-document.ts";
import type { SandboxPaths } from "./paths.ts";

/** How a switch's sandbox is started. Kept beside it, so that it can be started again. */
export interface SandboxRecord {
  /** Of this document's form. */
  readonly version: 1;
  readonly node: string;
  /** Inode of the network namespace that its wires lead to. */
  readonly network: string;
  /** Lines for ip that make its ports. */
  readonly wires: readonly string[];
  /** Digest of the programs that set it up and look after it. */
  readonly program: string;
  /** Whether the kernel has 802.1Q for it. */
  readonly vlans: boolean;
}

/** A record with where its programs are, which may change without making a difference. */
export interface KeptRecord extends SandboxRecord {
  /** Folder of the launcher. */
  readonly library: string;
}

/** Undefined where the node was not brought up as a sandbox, or by a version whose document differs. */
export function readRecord(host: Host, paths: SandboxPaths): Promise<KeptRecord | undefined> {
  return readVersioned(host, paths.record);
}

export async function writeRecord(host: Host, paths: SandboxPaths, record: KeptRecord): Promise<void> {
  await host.writeFile(paths.record, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

export function isSameRecord(kept: KeptRecord | undefined, wanted: SandboxRecord): boolean {
  if (kept === undefined) {
    return false;
  }
  const { library: _, ...record } = kept;
  return JSON.stringify(record) === JSON.stringify(wanted);
}
