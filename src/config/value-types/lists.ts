import { ipv4Address } from "./addresses.ts";
import { readBytes } from "./macs.ts";
import { hostName } from "./names.ts";
import { parsedOrUndefined, type ValueType, valueType, valueTypeWithReasons } from "./value-type.ts";

/** Items separated by commas or blanks; a repeated item counts once. */
export function listOf(description: string, item: ValueType<string>): ValueType<readonly string[]> {
  return valueTypeWithReasons(description, (text) => {
    const items = [...new Set(splitList(text))];
    const values: string[] = [];
    for (const itemText of items) {
      const parsed = item.parse(itemText);
      if ("problem" in parsed) {
        return parsed;
      }
      values.push(parsed.value);
    }
    return { value: values };
  });
}

export function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== "");
}

/** `MAC=address` or `MAC=address=hostname`, the MAC in lower case. */
export const dhcpReservation: ValueType<string> = valueType(
  "MAC=address or MAC=address=hostname, such as 52:54:00:12:34:56=192.168.110.10=node1",
  (text) => {
    const [macText = "", addressText = "", host, ...rest] = text.split("=");
    const mac = readBytes(macText, 6);
    const address = parsedOrUndefined(ipv4Address, addressText);
    if (mac === undefined || address === undefined || rest.length > 0) {
      return undefined;
    }
    if (host === undefined) {
      return `${mac}=${address}`;
    }
    return parsedOrUndefined(hostName, host) === undefined ? undefined : `${mac}=${address}=${host}`;
  },
);
