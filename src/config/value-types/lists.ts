import { ipv4Address, serverPrefix } from "./addresses.ts";
import { parseUnicastMac } from "./macs.ts";
import { hostName } from "./names.ts";
import { parsedOrUndefined, type ValueType, valueType, valueTypeWithReasons } from "./value-type.ts";

/** Returns the type of lists separated by commas or blanks; a repeated item counts once. */
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
    const mac = parseUnicastMac(macText);
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

/** `NETWORK=RACK-U`; an address is written as a network of length 32 or 128. */
export const serverAddress: ValueType<string> = valueType(
  "ADDRESS=RACK-U or NETWORK=RACK-U, such as 192.168.100.2=1-3",
  (text) => {
    const [networkText = "", place = "", ...rest] = text.split("=");
    const length = networkText.includes(":") ? 128 : 32;
    const network = parsedOrUndefined(
      serverPrefix,
      networkText.includes("/") ? networkText : `${networkText}/${length}`,
    );
    const isPlace = /^[1-9]\d{0,2}-[1-9]\d{0,3}$/.test(place);
    return network === undefined || !isPlace || rest.length > 0 ? undefined : `${network}=${place}`;
  },
);
