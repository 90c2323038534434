import { matching, type ValueType, valueType } from "./value-type.ts";

/**
 * A directory that ikvswitch fills and empties, so never one directly below /. Its characters are plain because it
 * becomes part of QEMU's options, where commas and equals signs are separators. A unix socket's path has at most 107
 * bytes (unix(7)), and ikvswitch's sockets lie below such directories.
 */
export const ownDirectory: ValueType<string> = valueType(
  "an absolute path of two or more parts and up to 64 letters, digits, _, ., + and -, such as /var/lib/ikvswitch",
  (text) => {
    const valid = text.length <= 64 && /^(\/[A-Za-z0-9_.+-]+){2,}\/?$/.test(text) && hasNoDots(text);
    return valid ? text.replace(/\/$/, "") : undefined;
  },
);

export const absolutePath: ValueType<string> = valueType(
  "an absolute path, such as /root/.ssh/authorized_keys",
  (text) => (/^\/.*[^/]$/.test(text) && hasNoDots(text) ? text : undefined),
);

/** 127 bytes: the BOOTP header's `file` field less its final NUL (RFC 2131, section 2). */
export const bootFile: ValueType<string> = matching(
  "a boot file's name: 1 to 127 letters, digits and any of / . _ - + : @ % ? = & ~",
  /^[A-Za-z0-9/._+:@%?=&~-]{1,127}$/,
);

export const mirrorUrl: ValueType<string> = url("http", "https");
export const scriptUrl: ValueType<string> = url("http", "https", "tftp");

function url(...schemes: readonly string[]): ValueType<string> {
  const begin = new RegExp(`^(${schemes.join("|")})://[A-Za-z0-9\\[]`, "i");
  return valueType(
    `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
    (text) => {
      const plain = /^[A-Za-z0-9/._+:@%?=&~,#[\]-]{1,1000}$/.test(text);
      return plain && begin.test(text) && URL.canParse(text) ? text : undefined;
    },
  );
}

/** Returns false if a part is `.` or `..`, which would make the path lead elsewhere than it appears to. */
function hasNoDots(path: string): boolean {
  return !path.split("/").some((part) => part === "." || part === "..");
}
