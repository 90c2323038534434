import type { BootOverride } from "../bmc/model/control.ts";
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
  /** As it was when the VM was made, but for the firmware, which a BMC can change. */
  readonly profile: Profile;
  /** Announced to both leaves; null without BGP. */
  readonly announced: { readonly address: string; readonly asn: number } | null;
  /** True from `vm start` to `vm stop`: such a VM is started again by `up`. */
  readonly wanted: boolean;
  /** What it boots from instead of its profile's devices; null: these. */
  readonly boot: BootOverride | null;
  /** Path or URL of the image in its CD drive; null: the drive is empty. */
  readonly cd: string | null;
}

const FORM = { name: "string", rack: "number", position: "number", profile: "object" } as const;

export async function readRecord(host: Host, folder: VmFolder): Promise<StateFile<VmRecord>> {
  const file = await readStateFile<VmRecord>(host, folder.record, FORM);
  return file.kind === "whole" ? { ...file, document: complete(file.document) } : file;
}

/** Adds what records of earlier builds lack. */
function complete(record: VmRecord): VmRecord {
  const document = { ...{ boot: null, cd: null }, ...record };
  return { ...document, profile: { ...{ bootServer: false, nics: 2 }, ...record.profile } };
}

/** Writes a record. The emulator's group may read it, as the VM's BMC has to: the folder gives the file its group. */
export async function writeRecord(
  host: Host,
  folder: Pick<VmFolder, "record">,
  record: VmRecord,
): Promise<void> {
  await writeStateFile(host, folder.record, `${JSON.stringify(record, null, 2)}\n`, 0o640);
}
