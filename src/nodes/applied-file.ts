import type { FileDigests } from "../render/hash.ts";
import type { RoutingFacts } from "../render/routing-facts.ts";
import { sha256 } from "../render/sha256.ts";
import type { Host } from "../system/host.ts";
import { readVersioned, writeStateFile } from "../system/state-file.ts";

/** Digests of the files that a switch has, as stored beside it. */
interface Applied extends FileDigests {
  readonly version: 1;
}

/** Returns the digest of routing facts, as in FileDigests. */
export function routingDigest(facts: RoutingFacts): string {
  return sha256(JSON.stringify(facts));
}

export const APPLIED_FORM = { all: "string", byPath: "object" } as const;

/** Undefined if the digests are not known: the switch then gets its files again, which usually changes nothing. */
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
