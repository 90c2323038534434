import type { Host } from "../system/host.ts";
import { readVersioned, writeStateFile } from "../system/state-file.ts";

/**
 * The command line of the fabric's last `up`, for the next start of the host. It outlives the host, unlike the running
 * configuration in RUN_DIR; only `down` deletes it. It may hold secrets: only root can read its file.
 */
export interface BootRecord {
  readonly version: 1;
  /** Name of the fabric. */
  readonly name: string;
  /** Absolute path of the file that the user named; null for that of the name. */
  readonly file: string | null;
  /** Each `KEY=VALUE`. */
  readonly sets: readonly string[];
}

const FORM = { name: "string", sets: "array" } as const;

export function bootRecordPath(stateDir: string): string {
  return `${stateDir}/at-boot.json`;
}

/** Undefined if there is none, or it is damaged. */
export function readBootRecord(host: Host, stateDir: string): Promise<BootRecord | undefined> {
  return readVersioned<BootRecord>(host, bootRecordPath(stateDir), FORM);
}

export async function writeBootRecord(
  host: Host,
  stateDir: string,
  record: Omit<BootRecord, "version">,
): Promise<void> {
  const document: BootRecord = { version: 1, ...record };
  await writeStateFile(host, bootRecordPath(stateDir), `${JSON.stringify(document, null, 2)}\n`, 0o600);
}

export async function removeBootRecord(host: Host, stateDir: string): Promise<void> {
  await host.remove(bootRecordPath(stateDir));
}
