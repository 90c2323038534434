import { textLike } from "./text-schema.ts";
import { matching, type ValueType, valueType } from "./value-type.ts";

const OWN_DIRECTORY = /^(\/[A-Za-z0-9_.+-]+){2,}\/?$/;

/**
 * A directory that ikvswitch fills and empties, so never one directly below /. Its characters are plain because it
 * becomes part of QEMU's options, where commas and equals signs are separators. A unix socket's path has at most 107
 * bytes (unix(7)), and ikvswitch's sockets lie below such directories.
 */
export const ownDirectory: ValueType<string> = valueType(
  "an absolute path of two or more parts and up to 64 letters, digits, _, ., + and -, such as /var/lib/ikvswitch",
  (text) => {
    const valid = text.length <= 64 && OWN_DIRECTORY.test(text) && hasNoDots(text);
    return valid ? text.replace(/\/$/, "") : undefined;
  },
  { ...textLike(OWN_DIRECTORY), maxLength: 64 },
);

export const absolutePath: ValueType<string> = valueType(
  "an absolute path, such as /root/.ssh/authorized_keys",
  (text) => (/^\/.*[^/]$/.test(text) && hasNoDots(text) ? text : undefined),
  textLike(/^\/.*[^/]$/),
);

/** Bytes of the BOOTP header's `file` field without its final NUL (RFC 2131, section 2). */
const MAX_BOOT_FILE = 127;

export const bootFile: ValueType<string> = matching(
  `a boot file's name: 1 to ${MAX_BOOT_FILE} letters, digits and any of / . _ - + : @ % ? = & ~`,
  new RegExp(`^[A-Za-z0-9/._+:@%?=&~-]{1,${MAX_BOOT_FILE}}$`),
);

export const mirrorUrl: ValueType<string> = url(["http", "https"], 1000);
/** A URL in place of a boot file. */
export const scriptUrl: ValueType<string> = url(["http", "https", "tftp"], MAX_BOOT_FILE);
export const httpBootUrl: ValueType<string> = url(["http", "https"], MAX_BOOT_FILE);
export const httpsUrl: ValueType<string> = url(["https"], 300);

function url(schemes: readonly string[], maxLength: number): ValueType<string> {
  const begin = new RegExp(`^(${schemes.join("|")})://[A-Za-z0-9\\[]`, "i");
  return valueType(
    `a URL of up to ${maxLength} characters that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
    (text) => {
      const plain = text.length <= maxLength && /^[A-Za-z0-9/._+:@%?=&~,#[\]-]+$/.test(text);
      return plain && begin.test(text) && URL.canParse(text) ? text : undefined;
    },
    { ...textLike(new RegExp(`^(${schemes.map(anyCase).join("|")})://`)), maxLength },
  );
}

/** JSON Schema has no flag for that: `[hH][tT]…`. */
function anyCase(word: string): string {
  return [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join("");
}

/** Returns false if a part is `.` or `..`, which would make the path lead elsewhere than it appears to. */
function hasNoDots(path: string): boolean {
  return !path.split("/").some((part) => part === "." || part === "..");
}
