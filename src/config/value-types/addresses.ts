import { parsePrefix } from "../../fabric/address.ts";
import { readNumber } from "./numbers.ts";
import { type ValueType, valueType } from "./value-type.ts";

/** A machine's own address: no multicast, and nothing of 0.0.0.0/8 or 240.0.0.0/4. */
export const ipv4Address: ValueType<string> = valueType("an IPv4 address, such as 192.168.100.2", (text) =>
  isDotted(text, 4) && isUnicast(text) ? text : undefined,
);

/** Also 0.0.0.0: where a server listens. */
export const listenAddress: ValueType<string> = valueType(
  "an IPv4 address, such as 127.0.0.1, or 0.0.0.0 for all",
  (text) => (isDotted(text, 4) && (isUnicast(text) || text === "0.0.0.0") ? text : undefined),
);

export const twoOctets: ValueType<string> = valueType(
  "the first two octets of an IPv4 network, such as 192.168",
  (text) => (isDotted(text, 2) && isUnicast(`${text}.0.0`) ? text : undefined),
);

export const threeOctets: ValueType<string> = valueType(
  "the first three octets of an IPv4 network, such as 192.168.96",
  (text) => (isDotted(text, 3) && isUnicast(`${text}.0`) ? text : undefined),
);

/** `192.168.100.0/24`, with no bit set beyond the length. A length of 0 would be a default route. */
export const ipv4Prefix: ValueType<string> = valueType(
  "an IPv4 network of length 1 to 32, such as 192.168.100.0/24, with no bit set beyond its length",
  (text) => ((parsePrefix(text)?.length ?? 0) > 0 ? text : undefined),
);

function isDotted(text: string, octets: number): boolean {
  const parts = text.split(".");
  return parts.length === octets && parts.every((part) => readNumber(part, 0, 255) !== undefined);
}

function isUnicast(address: string): boolean {
  const first = Number(address.split(".")[0]);
  return first >= 1 && first <= 223;
}
