import { isDeepStrictEqual } from "node:util";
import type { Limits } from "../../system/cgroups/groups.ts";
import type { NetnsPort } from "./netns-ports.ts";

/** Launch settings of a switch's netns. Kept in its folder, so that it can be started again. */
export interface NetnsRecord {
  /** Version of this document's format. For version 1, see earlier-record.ts. */
  readonly version: 2;
  readonly node: string;
  /** Inode of the network namespace at the other end of its links. */
  readonly network: string;
  readonly ports: readonly NetnsPort[];
  /** Digest of the programs that set it up and supervise it. */
  readonly program: string;
  /** True if the kernel supports 802.1Q. */
  readonly vlans: boolean;
  /** Host user ID of its root. */
  readonly user: number;
  readonly limits: Limits;
}

/** A record with the paths of its programs and cgroups, which may change without affecting the netns. */
export interface KeptRecord extends NetnsRecord {
  /** Folder of the launcher. */
  readonly library: string;
  /** Folders of the cgroups in which it was started. */
  readonly cgroups: readonly string[];
  /** File that keeps its DHCP leases after `down`; absent if it serves no DHCP. */
  readonly leases?: string;
}

/** A record as read from its file: earlier versions set no limits on a netns. */
export type ReadRecord = Omit<KeptRecord, "user" | "limits" | "cgroups"> &
  Partial<Pick<KeptRecord, "user" | "limits" | "cgroups">>;

/** Reports whether the record has all fields with which this version starts a netns. */
export function isComplete(record: ReadRecord | undefined): record is KeptRecord {
  return record?.user !== undefined && record.limits !== undefined && record.cgroups !== undefined;
}

/** Reports whether both start the same netns. */
export function isSameRecord(kept: ReadRecord | undefined, wanted: NetnsRecord): boolean {
  if (kept === undefined) {
    return false;
  }
  const { library: _, cgroups: __, leases: ___, ...record } = kept;
  return isDeepStrictEqual(record, wanted);
}
