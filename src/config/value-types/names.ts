import { textLike } from "./text-schema.ts";
import { matching, type ValueType, valueType } from "./value-type.ts";

/** Linux names interfaces with up to 15 bytes (IFNAMSIZ less the final NUL). */
export const MAX_INTERFACE_NAME = 15;

const INTERFACE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/;

/** `all` and `default` are reserved: in /proc/sys/net they stand for every interface and for new ones. */
export const interfaceName: ValueType<string> = valueType(
  `an interface name of 1 to ${MAX_INTERFACE_NAME} letters, digits, _, . and -, not beginning with . or _ or -`,
  (text) => (INTERFACE_NAME.test(text) && text !== "all" && text !== "default" ? text : undefined),
  textLike(INTERFACE_NAME),
);

/** Shorter than a whole name, since numbers are appended. */
export const interfaceNamePrefix: ValueType<string> = matching(
  "the start of interface names, 1 to 14 letters, digits, _, . and -, not beginning with . or _ or -",
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,13}$/,
);

/** RFC 1123, section 2.1. */
export const hostName: ValueType<string> = matching(
  "a host name: up to 63 letters, digits and -",
  /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
);

/** Host names joined by dots, in lower case. */
export const domainName: ValueType<string> = valueType(
  "a domain name without a dot at its end, such as ikvswitch.internal",
  (text) => {
    const valid = text.length <= 253 && text.split(".").every((label) => "value" in hostName.parse(label));
    return valid ? text.toLowerCase() : undefined;
  },
  textLike(/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/),
);

const USER_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;

/** A name that adduser accepts, except root: this user exists to separate the switches from root. */
export const userName: ValueType<string> = valueType(
  "the name of a system user other than root: up to 32 lower-case letters, digits, _ and -",
  (text) => (USER_NAME.test(text) && text !== "root" ? text : undefined),
  textLike(USER_NAME),
);

/** IPMI 2.0, section 22.28: 16 bytes. */
export const bmcUserName: ValueType<string> = matching(
  "a BMC user's name: 1 to 16 letters, digits, _, . and -",
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,15}$/,
);

/** Debian policy, section 5.6.7. */
export const packageName: ValueType<string> = matching(
  "a Debian package's name, such as tcpdump",
  /^[a-z0-9][a-z0-9+.-]{1,99}$/,
);

export const releaseName: ValueType<string> = matching(
  "a Debian release's name, such as trixie",
  /^[a-z][a-z0-9.-]{0,39}$/,
);

/** Code outside the configuration defines the backends: see Choices. */
export const backendName = matching("the name of a backend", /^[a-z][a-z0-9-]*$/);

export function oneOf<T extends string>(...words: readonly [T, ...T[]]): ValueType<T> {
  return valueType(`one of ${words.join(", ")}`, (text) => words.find((word) => word === text), {
    enum: words,
  });
}
