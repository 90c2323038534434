import { Address } from "../../net/address.ts";
import { Prefix } from "../../net/prefix.ts";
import { readNumber } from "./numbers.ts";
import { textLike } from "./text-schema.ts";
import { type ValueType, valueType } from "./value-type.ts";

const OCTETS = (count: number) => new RegExp(`^[0-9]{1,3}(\\.[0-9]{1,3}){${count - 1}}$`);

/** A unicast address of a host: no multicast, and nothing of 0.0.0.0/8 or 240.0.0.0/4. */
export const ipv4Address: ValueType<string> = valueType(
  "an IPv4 address, such as 192.168.100.2",
  (text) => (isUnicastIpv4(text) ? text : undefined),
  textLike(OCTETS(4)),
);

/** An address of another host, of either family: no loopback, and none that is valid on one link only. */
export const hostAddress: ValueType<string> = valueType(
  "an IPv4 or IPv6 address of a host, such as 10.0.0.1 or fd00::1",
  (text) => {
    const address = Address.parse(text);
    const isUsable =
      address?.family === 6
        ? isUnicastIpv6(Prefix.around(address, 128))
        : address?.isLoopback === false && isUnicastIpv4(text);
    return isUsable ? String(address) : undefined;
  },
);

/** An address on which a server listens, including 0.0.0.0. */
export const listenAddress: ValueType<string> = valueType(
  "an IPv4 address, such as 127.0.0.1, or 0.0.0.0 for all",
  (text) => (isUnicastIpv4(text) || text === "0.0.0.0" ? text : undefined),
  textLike(OCTETS(4)),
);

export const twoOctets: ValueType<string> = valueType(
  "the first two octets of an IPv4 network, such as 192.168",
  (text) => (isUnicastIpv4(`${text}.0.0`) ? text : undefined),
  textLike(OCTETS(2)),
);

export const threeOctets: ValueType<string> = valueType(
  "the first three octets of an IPv4 network, such as 192.168.96",
  (text) => (isUnicastIpv4(`${text}.0`) ? text : undefined),
  textLike(OCTETS(3)),
);

/** The last octet of a server's address in a /24 in which the leaf has .1. */
export const lastOctet: ValueType<string> = valueType(
  "a number from 2 to 254",
  (text) => (readNumber(text, 2, 254) === undefined ? undefined : text),
  { type: "integer", minimum: 2, maximum: 254 },
);

/**
 * Returns the /24 that three octets name.
 * @throws RangeError if they were not validated before
 */
export function prefix24(threeOctets: string): Prefix {
  return Prefix.around(Address.from(`${threeOctets}.0`), 24);
}

/** `192.168.100.0/24` or `2001:db8:1::/48`. A length of 0 would be a default route. */
export const serverPrefix: ValueType<string> = valueType(
  "an IPv4 or IPv6 network, such as 192.168.100.0/24 or 2001:db8:1::/48, with a length of at least 1 " +
    "and no bit set beyond it",
  (text) => {
    const prefix = Prefix.parse(text);
    return prefix === null || prefix.length === 0 || (prefix.family === 6 && !isUnicastIpv6(prefix))
      ? undefined
      : String(prefix);
  },
);

/** A network of which the fabric's networks are /64s. */
export const ipv6Network: ValueType<string> = valueType(
  "a unicast IPv6 network of length 16 to 64, such as fd69:6b76:7377::/48, with no bit set beyond its length",
  (text) => {
    const prefix = Prefix.parse(text);
    const isValid = prefix?.family === 6 && prefix.length >= 16 && prefix.length <= 64;
    return isValid && isUnicastIpv6(prefix) ? String(prefix) : undefined;
  },
);

/** Global unicast and unique local addresses (RFC 4291, RFC 4193): all others never leave a link, or a host. */
function isUnicastIpv6(prefix: Prefix): boolean {
  return ["2000::/3", "fc00::/7"].map(Prefix.from).some((unicast) => unicast.contains(prefix));
}

function isUnicastIpv4(text: string): boolean {
  const address = Address.parse(text);
  return address?.family === 4 && !NOT_UNICAST.some((prefix) => prefix.contains(address));
}

/** The second covers multicast, 224.0.0.0/4, and the reserved 240.0.0.0/4. */
const NOT_UNICAST = ["0.0.0.0/8", "224.0.0.0/3"].map(Prefix.from);
