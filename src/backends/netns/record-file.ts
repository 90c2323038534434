import type { Host } from "../../system/host.ts";
import { readStateFile, type StateFile, writeStateFile } from "../../system/state-file.ts";
import { readEarlierRecord } from "./earlier-record.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import type { KeptRecord, ReadRecord } from "./record.ts";

/** Returns undefined if the node was not brought up as a netns, or its record is unusable. */
export async function readRecord(host: Host, folder: NetnsFolder): Promise<ReadRecord | undefined> {
  const file = await readRecordFile(host, folder);
  return file.kind === "whole" ? file.document : undefined;
}

/** Reads the same record, and reports the damage of a damaged file. */
export async function readRecordFile(host: Host, folder: NetnsFolder): Promise<StateFile<ReadRecord>> {
  const file = await readStateFile<ReadRecord>(host, folder.record, FORM, 2);
  const earlier = file.kind === "damaged" ? await readEarlierRecord(host, folder) : undefined;
  return earlier === undefined ? file : { kind: "whole", document: earlier };
}

const FORM = { node: "string", network: "string", ports: "array", library: "string" } as const;

export async function writeRecord(host: Host, folder: NetnsFolder, record: KeptRecord): Promise<void> {
  await writeStateFile(host, folder.record, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}
