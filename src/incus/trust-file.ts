import { CommandError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { formatServerAddress, type ServerAddress } from "../system/https/server.ts";
import { readStateFile, writeStateFile } from "../system/state-file.ts";
import { parseServerAddress } from "./token.ts";

/** The cluster that we trust, and that trusts us: trust.json in the folder of our key. */
export interface TrustRecord {
  readonly version: 1;
  /** SHA-256 of its certificate, in lower-case hexadecimal digits. */
  readonly fingerprint: string;
  /** Those of the token, then those of the cluster's members, each `HOST:PORT`. */
  readonly addresses: readonly string[];
}

/** Folder of our key, our certificate, and what we know of the cluster. */
export function clusterFolder(stateDir: string): string {
  return `${stateDir}/cluster`;
}

const FORM = { fingerprint: "string", addresses: "array" } as const;

/**
 * Undefined if no cluster is trusted.
 * @throws CommandError if the file is damaged.
 */
export async function readTrust(host: Host, folder: string): Promise<TrustRecord | undefined> {
  const path = trustPath(folder);
  const file = await readStateFile<TrustRecord>(host, path, FORM);
  if (file.kind === "damaged") {
    const how = `${path} is damaged: ${file.reason}; run 'ikvswitch trust TOKEN' with a new token`;
    throw new CommandError("read the cluster's certificate", undefined, how);
  }
  return file.kind === "whole" ? file.document : undefined;
}

export async function writeTrust(
  host: Host,
  folder: string,
  { fingerprint, addresses }: { readonly fingerprint: string; readonly addresses: readonly ServerAddress[] },
): Promise<void> {
  const record: TrustRecord = { version: 1, fingerprint, addresses: addresses.map(formatServerAddress) };
  await writeStateFile(host, trustPath(folder), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** Adds the addresses of members to the record. Does nothing if no cluster is trusted. @param urls of members */
export async function addAddresses(host: Host, folder: string, urls: readonly string[]): Promise<void> {
  const record = await readTrust(host, folder);
  if (record === undefined) {
    return;
  }
  const known = serverAddresses([], record.addresses);
  const names = new Set(known.map(formatServerAddress));
  const added = serverAddresses(urls, []).filter((address) => !names.has(formatServerAddress(address)));
  if (added.length > 0) {
    await writeTrust(host, folder, { fingerprint: record.fingerprint, addresses: [...known, ...added] });
  }
}

function trustPath(folder: string): string {
  return `${folder}/trust.json`;
}

/** Returns the addresses of these URLs (INCUS_URL), or if there is none, of the record. */
export function serverAddresses(
  urls: readonly string[],
  recorded: readonly unknown[],
): readonly ServerAddress[] {
  const configured = urls.map((text) => {
    const url = new URL(text);
    // Of an IPv6 address, without brackets.
    return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port || DEFAULT_PORT) };
  });
  return configured.length > 0
    ? configured
    : recorded.map(parseServerAddress).filter((address) => address !== undefined);
}

/** That of Incus and LXD, whatever HTTPS has. */
const DEFAULT_PORT = 8443;
