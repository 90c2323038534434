import { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";
import { numberedAddress } from "./networks6.ts";
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

/** Unique local addresses (RFC 4193), of which a fabric that has IPv4 only accepts all from servers. */
const FIRST_WITHOUT_NETWORK = Address.from("fd69:6b76::");

/**
 * Returns the IPv6 address of the server at a rack position, which it announces: fd69:6b76:7377:e::1:15 is rack 1, U15,
 * with decimal digits. In a fabric that has IPv4 only it is fd69:6b76::1:f, in hexadecimal.
 */
export function serverAddress6(
  { networks6 }: Pick<Fabric, "networks6">,
  rack: number,
  position: number,
): Address {
  return networks6 === undefined
    ? FIRST_WITHOUT_NETWORK.plus(rack * 0x1_0000 + position)
    : numberedAddress(networks6.serverPrefix, rack, position);
}
