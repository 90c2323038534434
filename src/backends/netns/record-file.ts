import type { Host } from "../../system/host.ts";
import { readStateFile, type StateFile, writeStateFile } from "../../system/state-file.ts";
import { readEarlierRecord } from "./earlier-record.ts";
import type { SandboxPaths } from "./paths.ts";
import type { KeptRecord, ReadRecord } from "./record.ts";

/** Undefined where the node was not brought up as a sandbox, or nothing usable tells how. */
export async function readRecord(host: Host, paths: SandboxPaths): Promise<ReadRecord | undefined> {
  const file = await readRecordFile(host, paths);
  return file.kind === "whole" ? file.document : undefined;
}

/** The same, telling what is wrong with a damaged file. */
export async function readRecordFile(host: Host, paths: SandboxPaths): Promise<StateFile<ReadRecord>> {
  const file = await readStateFile<ReadRecord>(host, paths.record, FORM, 2);
  const earlier = file.kind === "damaged" ? await readEarlierRecord(host, paths) : undefined;
  return earlier === undefined ? file : { kind: "whole", document: earlier };
}

const FORM = { node: "string", network: "string", ports: "array", library: "string" } as const;

export async function writeRecord(host: Host, paths: SandboxPaths, record: KeptRecord): Promise<void> {
  await writeStateFile(host, paths.record, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}
