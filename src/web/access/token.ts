import { randomBytes } from "node:crypto";
import { UsageError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";

const MIN_CHARACTERS = 16;
const MAX_BYTES = 4_096;

/**
 * Returns the token in this file; a new one without a file.
 * @throws UsageError if there is no file, or its token could be guessed.
 */
export async function readToken(host: Host, path: string | undefined): Promise<string> {
  if (path === undefined) {
    return randomBytes(24).toString("base64url");
  }
  const token = (await host.readFile(path, { maxBytes: MAX_BYTES, pipes: true }))?.trim();
  if (token === undefined) {
    throw new UsageError(`--token-file: ${path} does not exist`);
  }
  if (token.length < MIN_CHARACTERS || !/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError(
      `--token-file: ${path} must have one token of at least ${MIN_CHARACTERS} printable characters; 'openssl rand -hex 24' makes one`,
    );
  }
  return token;
}
