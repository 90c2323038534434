import { Mac } from "../../net/mac.ts";
import { textLike } from "./text-schema.ts";
import { type ValueType, valueType } from "./value-type.ts";

/** Stored as five bytes in lower case without a trailing colon: `08:00:27:06:ac`. */
export const macPrefix: ValueType<string> = valueType(
  "the first five bytes of a unicast MAC address, such as 08:00:27:06:ac",
  (text) =>
    parseUnicastMac(`${text.replace(/:$/, "")}:00`)
      ?.toString()
      .slice(0, -":00".length),
  textLike(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){4}:?$/),
);

/** Returns undefined if the text is not a MAC address, or a multicast one. */
export function parseUnicastMac(text: string): Mac | undefined {
  const mac = Mac.parse(text);
  return mac === null || mac.isMulticast ? undefined : mac;
}
