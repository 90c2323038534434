import { Address4, Address6, AddressError } from "ip-address";

/** 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6;

/** Bits of an address. */
export const WIDTH: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** An address, with or without a prefix length, in the form of the ip-address package. */
export type LibraryAddress = Address4 | Address6;

/** Parses an address, or an address and a prefix length; null if the package rejects the text. */
export function readText(text: string): LibraryAddress | null {
  try {
    return text.includes(":") ? new Address6(text) : new Address4(text);
  } catch (error) {
    if (error instanceof AddressError) {
      return null;
    }
    throw error;
  }
}

export function fromBits(family: Family, bits: bigint): LibraryAddress {
  return family === 4 ? Address4.fromBigInt(bits) : Address6.fromBigInt(bits);
}
