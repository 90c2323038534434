import { Mac } from "../../net/mac.ts";
import { type ValueType, valueType } from "./value-type.ts";

/** Given as five bytes in lower case without a colon at the end: `08:00:27:06:ac`. */
export const macPrefix: ValueType<string> = valueType(
  "the first five bytes of a unicast MAC address, such as 08:00:27:06:ac",
  (text) =>
    parseUnicastMac(`${text.replace(/:$/, "")}:00`)
      ?.toString()
      .slice(0, -":00".length),
);

/** Undefined where it is no MAC address, or a multicast one. */
export function parseUnicastMac(text: string): Mac | undefined {
  const mac = Mac.parse(text);
  return mac === null || mac.isMulticast ? undefined : mac;
}
