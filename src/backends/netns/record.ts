import type { Limits } from "../../system/cgroups/groups.ts";
import type { Host } from "../../system/host.ts";
import { readVersioned, writeStateFile } from "../../system/state-file.ts";
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
  /** Who root in there is on the host. */
  readonly user: number;
  readonly limits: Limits;
}

/** A record with where its programs and cgroups are, which may change without making a difference. */
export interface KeptRecord extends SandboxRecord {
  /** Folder of the launcher. */
  readonly library: string;
  /** Folders of the cgroups that it was started in. */
  readonly cgroups: readonly string[];
}

/** A record as it is read: earlier versions did not limit what a sandbox takes. */
type ReadRecord = Omit<KeptRecord, "user" | "limits" | "cgroups"> &
  Partial<Pick<KeptRecord, "user" | "limits" | "cgroups">>;

/** Undefined where the node was not brought up as a sandbox, or by a version whose document differs. */
export function readRecord(host: Host, paths: SandboxPaths): Promise<ReadRecord | undefined> {
  return readVersioned(host, paths.record, RECORD_FORM);
}

/** Whether it has all that this version starts a sandbox with. */
export function isComplete(record: ReadRecord | undefined): record is KeptRecord {
  return record?.user !== undefined && record.limits !== undefined && record.cgroups !== undefined;
}

/** Of a ReadRecord. */
export const RECORD_FORM = { node: "string", network: "string", wires: "array", library: "string" } as const;

export async function writeRecord(host: Host, paths: SandboxPaths, record: KeptRecord): Promise<void> {
  await writeStateFile(host, paths.record, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

export function isSameRecord(kept: ReadRecord | undefined, wanted: SandboxRecord): boolean {
  if (kept === undefined) {
    return false;
  }
  const { library: _, cgroups: __, ...record } = kept;
  return JSON.stringify(record) === JSON.stringify(wanted);
}
