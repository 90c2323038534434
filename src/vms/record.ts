import type { Host } from "../system/host.ts";
import { readStateFile, type StateFile, writeStateFile } from "../system/state-file.ts";
import type { VmFolder } from "./folder.ts";
import type { Profile } from "./profile.ts";

/** A VM that `vm create` made, as kept on the host until `vm rm`. */
export interface VmRecord {
  readonly version: 1;
  readonly name: string;
  readonly rack: number;
  readonly position: number;
  /** As it was when the VM was made. */
  readonly profile: Profile;
  /** Announced to both leaves; null without BGP. */
  readonly announced: { readonly address: string; readonly asn: number } | null;
  /** True from `vm start` to `vm stop`: such a VM is started again by `up`. */
  readonly wanted: boolean;
}

const FORM = { name: "string", rack: "number", position: "number", profile: "object" } as const;

export function readRecord(host: Host, folder: VmFolder): Promise<StateFile<VmRecord>> {
  return readStateFile<VmRecord>(host, folder.record, FORM);
}

export async function writeRecord(host: Host, folder: VmFolder, record: VmRecord): Promise<void> {
  await writeStateFile(host, folder.record, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}
