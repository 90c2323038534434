import { UsageError } from "../errors.ts";
import type { ServerAddress } from "../system/https/server.ts";
import { isObject, parseJson } from "../untrusted-json.ts";

/** What a token of `incus config trust add` or `lxc config trust add` holds. */
export interface TrustToken {
  /** Its text, which registers one certificate. */
  readonly text: string;
  /** Name that the cluster's administrator gave the client. */
  readonly clientName: string;
  /** SHA-256 of the cluster's certificate, in lower-case hexadecimal digits. */
  readonly fingerprint: string;
  readonly addresses: readonly ServerAddress[];
}

const SECRET = /^[0-9a-f]{32,128}$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;

/** @throws UsageError if it is no token. */
export function parseToken(text: string): TrustToken {
  const trimmed = text.trim();
  const fields = /^[A-Za-z0-9+/]+=*$/.test(trimmed)
    ? parseJson(Buffer.from(trimmed, "base64").toString())
    : undefined;
  if (!isObject(fields)) {
    throw noToken("it is not base64 of a JSON object");
  }
  const { client_name: name, fingerprint, addresses, secret } = fields;
  if (typeof secret !== "string" || !SECRET.test(secret)) {
    throw noToken("it has no secret");
  }
  if (typeof fingerprint !== "string" || !FINGERPRINT.test(fingerprint)) {
    throw noToken("it has no fingerprint of a certificate");
  }
  const parsed = Array.isArray(addresses) ? addresses.map(parseServerAddress) : [];
  const usable = parsed.filter((address) => address !== undefined);
  if (usable.length === 0) {
    throw noToken("it has no address");
  }
  return {
    text: trimmed,
    clientName: typeof name === "string" ? name : "",
    fingerprint,
    addresses: usable,
  };
}

/** Parses `HOST:PORT`, with an IPv6 address in brackets. Undefined if it is none. */
export function parseServerAddress(text: unknown): ServerAddress | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(typeof text === "string" ? text : "") ?? [];
  const host = bracketed ?? plain;
  return host === undefined || Number(port) < 1 || Number(port) > 65_535
    ? undefined
    : { host, port: Number(port) };
}

function noToken(why: string): UsageError {
  return new UsageError(`this is no token of 'incus config trust add' or 'lxc config trust add': ${why}`);
}
