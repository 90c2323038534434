import fc from "fast-check";
import { Address } from "../../src/net/address.ts";
import { type Family, WIDTH } from "../../src/net/library.ts";
import { Prefix } from "../../src/net/prefix.ts";

/** Generates addresses with runs of zeros as often as without, so that :: occurs at all positions. */
const ipv6Bits = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n));

export function addresses(family: Family): fc.Arbitrary<Address> {
  return (family === 4 ? fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }) : ipv6Bits).map(
    (bits) => new Address(family, bits),
  );
}

export function prefixes(family: Family): fc.Arbitrary<Prefix> {
  return fc
    .tuple(addresses(family), fc.integer({ min: 0, max: WIDTH[family] }))
    .map(([address, length]) => Prefix.around(address, length));
}

export const FAMILIES: readonly Family[] = [4, 6];
