import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Returns user and password of an Authorization header (RFC 7617); undefined if it is of another kind or damaged.
 */
export function basicCredentials(header: string): Credentials | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header) ?? [];
  const text = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Compares credentials in constant time: it does not depend on how much of them is right. */
export function areEqual(given: Credentials, expected: Credentials): boolean {
  const user = sameText(given.user, expected.user);
  const password = sameText(given.password, expected.password);
  return user && password;
}

/** Digests have one length, whatever the texts have. With a key of ours nobody can choose texts by their digests. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

/** Returns a digest by which a secret is stored or compared. It is another one in each process. */
export function digest(secret: string): Buffer {
  return createHmac("sha256", KEY).update(secret).digest();
}

const KEY = randomBytes(32);
