import type { FileDigests } from "../render/hash.ts";
import type { RoutingFacts } from "../render/routing-facts.ts";
import { sha256 } from "../render/sha256.ts";
import type { Host } from "../system/host.ts";
import { readVersioned, writeStateFile } from "../system/state-file.ts";

/** What a switch was given, as it is kept beside it. */
interface Applied extends FileDigests {
  readonly version: 1;
}

/** As FileDigests has it. */
export function routingDigest(facts: RoutingFacts): string {
  return sha256(JSON.stringify(facts));
}

export const APPLIED_FORM = { all: "string", byPath: "object" } as const;

/** Undefined where it can't be told: then the switch is given its files again, which changes nothing in most. */
export function readAppliedFile(host: Host, path: string): Promise<FileDigests | undefined> {
  return readVersioned<Applied>(host, path, APPLIED_FORM);
}

export async function writeAppliedFile(host: Host, path: string, digests: FileDigests): Promise<void> {
  await writeStateFile(
    host,
    path,
    `${JSON.stringify({ version: 1, ...digests } satisfies Applied)}\n`,
    0o600,
  );
}
