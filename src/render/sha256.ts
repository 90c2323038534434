import { createHash } from "node:crypto";

/**
 * Returns the SHA-256 of a text's UTF-8 form, as 64 hexadecimal digits: the output of `sha256sum` for the file. This is
 * the only use of Node's API in a pure folder: a digest has no side effect, and equal texts have equal digests.
 */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
