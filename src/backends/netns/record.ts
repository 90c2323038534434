import { isDeepStrictEqual } from "node:util";
import type { Limits } from "../../system/cgroups/groups.ts";
import type { VethPort } from "./veth-ports.ts";

/** How a switch's netns is started. Kept beside it, so that it can be started again. */
export interface NetnsRecord {
  /** Of this document's form. 1 is an earlier one: see earlier-record.ts. */
  readonly version: 2;
  readonly node: string;
  /** Inode of the network namespace that its links lead to. */
  readonly network: string;
  readonly ports: readonly VethPort[];
  /** Digest of the programs that set it up and look after it. */
  readonly program: string;
  /** Whether the kernel has 802.1Q for it. */
  readonly vlans: boolean;
  /** Who root in there is on the host. */
  readonly user: number;
  readonly limits: Limits;
}

/** A record with where its programs and cgroups are, which may change without making a difference. */
export interface KeptRecord extends NetnsRecord {
  /** Folder of the launcher. */
  readonly library: string;
  /** Folders of the cgroups that it was started in. */
  readonly cgroups: readonly string[];
}

/** A record as it is read: earlier versions did not limit what a netns takes. */
export type ReadRecord = Omit<KeptRecord, "user" | "limits" | "cgroups"> &
  Partial<Pick<KeptRecord, "user" | "limits" | "cgroups">>;

/** Whether it has all that this version starts a netns with. */
export function isComplete(record: ReadRecord | undefined): record is KeptRecord {
  return record?.user !== undefined && record.limits !== undefined && record.cgroups !== undefined;
}

/** Whether both start the same netns. */
export function isSameRecord(kept: ReadRecord | undefined, wanted: NetnsRecord): boolean {
  if (kept === undefined) {
    return false;
  }
  const { library: _, cgroups: __, ...record } = kept;
  return isDeepStrictEqual(record, wanted);
}
