import { createHash } from "node:crypto";

/**
 * SHA-256 of a text's UTF-8 form, as 64 hexadecimal digits: what `sha256sum` prints for the file. The one thing of
 * Node's that a pure folder takes: a digest has no effect, and the same text always has the same.
 */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
