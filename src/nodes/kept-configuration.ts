import { foldersAbove } from "../config/fabric-name.ts";
import { readBootId } from "../system/boot-id.ts";
import type { Host } from "../system/host.ts";
import { readVersioned, writeStateFile } from "../system/state-file.ts";
import { isErrno } from "../system/unless-missing.ts";

/**
 * The configuration that a fabric was brought up with, so that later commands need no options. It may hold secrets: only
 * root can read its file.
 */
export interface KeptConfiguration {
  readonly version: 1;
  /** A fabric does not outlive the host's boot. */
  readonly bootId: string;
  /** Name of the fabric. */
  readonly name: string;
  /** Absolute path of the file that was read; null for the defaults. */
  readonly file: string | null;
  /** True if the user named the file, so that others are not asked for. */
  readonly chosen: boolean;
  /** Content of the file at that time. */
  readonly text: string;
  /** Each `KEY=VALUE`. */
  readonly sets: readonly string[];
  /** When the fabric was brought up, in ISO 8601. */
  readonly since: string;
}

const FORM = { bootId: "string", name: "string", text: "string", sets: "array", since: "string" } as const;

export function keptConfigurationPath(runDir: string): string {
  return `${runDir}/configuration.json`;
}

/** Undefined if there is none of this boot, it is damaged, or only root may read it. */
export async function readKeptConfiguration(
  host: Host,
  runDir: string,
): Promise<KeptConfiguration | undefined> {
  try {
    const kept = await readVersioned<KeptConfiguration>(host, keptConfigurationPath(runDir), FORM);
    return kept?.bootId === (await readBootId(host)) ? kept : undefined;
  } catch (error) {
    if (isErrno(error, "EACCES")) {
      return undefined;
    }
    throw error;
  }
}

export async function keepConfiguration(
  host: Host,
  runDir: string,
  kept: Omit<KeptConfiguration, "version" | "bootId">,
): Promise<void> {
  const document: KeptConfiguration = { version: 1, bootId: await readBootId(host), ...kept };
  await host.makeDirectory(runDir);
  await writeStateFile(host, keptConfigurationPath(runDir), `${JSON.stringify(document, null, 2)}\n`, 0o600);
}

/** Deletes the file, and the run directory and the folder of all named fabrics if they are empty then. */
export async function forgetConfiguration(host: Host, runDir: string): Promise<void> {
  await host.remove(keptConfigurationPath(runDir));
  for (const folder of [runDir, ...foldersAbove(runDir).toReversed()]) {
    if ((await host.list(folder)).length > 0) {
      return;
    }
    await host.remove(folder);
  }
}
