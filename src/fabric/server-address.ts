import type { Address } from "../net/address.ts";
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
