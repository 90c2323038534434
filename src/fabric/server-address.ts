import { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Fabric } from "./types.ts";

/**
 * Lists the addresses of these prefixes that any server may announce and that the fabric does not use, each prefix from
 * its end.
 */
export function* freeServerAddresses(
  { serverAccess: { allowedPrefixes, deniedPrefixes } }: Fabric,
  prefixes: readonly Prefix[] = allowedPrefixes,
): Generator<Address> {
  for (const { first, last } of prefixes) {
    for (let address = last.plus(-1); address.compare(first) > 0; address = address.plus(-1)) {
      if (
        allowedPrefixes.some((prefix) => prefix.contains(address)) &&
        !deniedPrefixes.some((prefix) => prefix.contains(address))
      ) {
        yield address;
      }
    }
  }
}

/** Unique local addresses (RFC 4193), of which leaves accept all from servers. */
const FIRST_ADDRESS6 = Address.from("fd69:6b76::");

/** Returns the IPv6 address of the server at a rack position: fd69:6b76::1:3 is rack 1, U3, in hexadecimal. */
export function serverAddress6(rack: number, position: number): Address {
  return FIRST_ADDRESS6.plus(rack * 0x1_0000 + position);
}
