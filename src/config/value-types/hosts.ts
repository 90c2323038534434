import { hostAddress } from "./addresses.ts";
import { readNumber } from "./numbers.ts";
import { matching, parsedOrUndefined, type ValueType, valueType } from "./value-type.ts";

const MEMBER_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/;
const LOGIN = /^[a-z_][a-z0-9_-]{0,31}$/;
/** A rack has all links of its servers with it, so that its leaves are placed together. */
const PLACED = /^(internet|spine[1-9][0-9]{0,2}|rack[1-9][0-9]{0,2})$/;

/** The highest share of a member in comparison with others. */
const MAX_WEIGHT = 1000;

/** `NAME=ADDRESS` or `NAME=USER@ADDRESS`; the user is written even if it is root. */
export const member: ValueType<string> = valueType(
  "MEMBER=ADDRESS or MEMBER=USER@ADDRESS, such as alpha=10.0.0.1",
  (text) => {
    const [name, login, addressText] = splitMember(text);
    const address = parsedOrUndefined(hostAddress, addressText);
    const isNamed = MEMBER_NAME.test(name) && LOGIN.test(login);
    return isNamed && address !== undefined ? `${name}=${login}@${address}` : undefined;
  },
);

/**
 * Returns a member's name, the user that ssh logs in as, and the address. Missing parts are empty, but the user is root
 * then.
 */
export function splitMember(text: string): readonly [name: string, login: string, address: string] {
  const [, name = "", login = "root", address = ""] = /^([^=]*)=(?:([^@]*)@)?(.*)$/.exec(text) ?? [];
  return [name, login, address];
}

/** `rack1=alpha` */
export const placement: ValueType<string> = valueType(
  "PART=MEMBER, where PART is internet, spine1 or rack1, such as rack1=alpha",
  (text) => {
    const [part = "", name = "", ...rest] = text.split("=");
    return PLACED.test(part) && MEMBER_NAME.test(name) && rest.length === 0 ? text : undefined;
  },
);

/** `alpha=2` */
export const hostWeight: ValueType<string> = valueType(
  `MEMBER=WEIGHT with a whole number from 0 to ${MAX_WEIGHT}, such as alpha=2`,
  (text) => {
    const [name = "", weight = "", ...rest] = text.split("=");
    const isWeight = readNumber(weight, 0, MAX_WEIGHT) !== undefined;
    return MEMBER_NAME.test(name) && isWeight && rest.length === 0 ? text : undefined;
  },
);

/** Fewer links than this can cross hosts, so all their numbers fit in the 24 bits of a VNI (RFC 7348). */
const MAX_VNI_START = 16_770_000;

export const vniStart: ValueType<number | "auto"> = valueType(
  `auto or a whole number from 1 to ${MAX_VNI_START}`,
  (text) => (text === "auto" ? text : readNumber(text, 1, MAX_VNI_START)),
  { anyOf: [{ const: "auto" }, { type: "integer", minimum: 1, maximum: MAX_VNI_START }] },
);

export const projectName: ValueType<string> = matching(
  "a project's name: up to 63 letters, digits, . and -, not beginning with . or -",
  /^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/,
);

export const poolName: ValueType<string> = matching(
  "a storage pool's name: up to 63 letters, digits, ., _ and -, not beginning with . or -",
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
);
