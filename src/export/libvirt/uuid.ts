import { sha256 } from "../../render/sha256.ts";

/**
 * Returns a UUID that depends on the name alone (version 8, RFC 9562), so that a repeated `virsh define` replaces what
 * the first one defined. Without a UUID, libvirt makes a new one, and refuses the name as taken.
 * @param kind `network` or `domain`
 */
export function uuidOf(kind: string, name: string): string {
  const digest = sha256(`ikvswitch ${kind} ${name}`);
  const variant = (8 + (Number.parseInt(digest.slice(16, 17), 16) & 3)).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}
