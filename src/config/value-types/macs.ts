import { type ValueType, valueType } from "./value-type.ts";

/** Given as five bytes in lower case without a colon at the end: `08:00:27:06:ac`. */
export const macPrefix: ValueType<string> = valueType(
  "the first five bytes of a unicast MAC address, such as 08:00:27:06:ac",
  (text) => readBytes(text.replace(/:$/, ""), 5),
);

/** Lower-case bytes with colons between them; undefined where it is not so many of them, or multicast. */
export function readBytes(text: string, count: number): string | undefined {
  const bytes = text.split(":");
  const valid = bytes.length === count && bytes.every((byte) => /^[0-9A-Fa-f]{2}$/.test(byte));
  return valid && !isMulticast(text) ? text.toLowerCase() : undefined;
}

/** IEEE 802: the lowest bit of the first byte. No network card has such an address of its own. */
function isMulticast(mac: string): boolean {
  return Number.parseInt(mac.slice(0, 2), 16) % 2 === 1;
}
