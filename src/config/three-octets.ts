import { Address } from "../net/address.ts";
import { Prefix } from "../net/prefix.ts";

/**
 * The /24 that a key names by its first three octets: `192.168.96`.
 * @throws RangeError where they were not checked before
 */
export function prefix24(threeOctets: string): Prefix {
  return Prefix.around(Address.from(`${threeOctets}.0`), 24);
}
