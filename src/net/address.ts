import { type Family, fromBits, type LibraryAddress, readText, WIDTH } from "./library.ts";

/**
 * An IPv4 or IPv6 address. Immutable; two addresses of one value are not the same object, so compare them with `equals`
 * and use their text as the key of a map. In JSON and in templates an address is its text.
 *
 * The ip-address package parses, formats and classifies. The bits are kept as a number beside it, because a plan has
 * thousands of addresses, and most are never printed.
 */
export class Address {
  readonly family: Family;
  /** The address as an unsigned number. */
  readonly bits: bigint;
  #library: LibraryAddress | undefined;
  #text: string | undefined;

  /** @throws RangeError if the number has more bits than an address of that family */
  constructor(family: Family, bits: bigint) {
    if (bits < 0n || bits >> BigInt(WIDTH[family]) !== 0n) {
      throw new RangeError(`${bits} is no IPv${family} address`);
    }
    this.family = family;
    this.bits = bits;
  }

  /**
   * Parses four decimal octets without leading zeros, or any form of RFC 4291 section 2.2. A zone (`%eth0`), a prefix
   * length and blanks are not accepted.
   *
   * @returns null if the text is not an address
   */
  static parse(text: string): Address | null {
    const library = /[%/]/.test(text) ? null : readText(text);
    return library === null ? null : new Address(text.includes(":") ? 6 : 4, library.bigInt());
  }

  /** For text that was validated before. @throws RangeError if it is not an address */
  static from(text: string): Address {
    const address = Address.parse(text);
    if (address === null) {
      throw new RangeError(`"${text}" is no IP address`);
    }
    return address;
  }

  /** @throws RangeError if the sum exceeds the family's addresses */
  plus(offset: number): Address {
    return new Address(this.family, this.bits + BigInt(offset));
  }

  equals(other: Address): boolean {
    return this.family === other.family && this.bits === other.bits;
  }

  /** For sorting: negative where this address comes before the other one. IPv4 comes before IPv6. */
  compare(other: Address): number {
    return this.family - other.family || Number(this.bits > other.bits) - Number(this.bits < other.bits);
  }

  /** True for 127.0.0.0/8 and ::1. */
  get isLoopback(): boolean {
    return this.library.isLoopback();
  }

  get isMulticast(): boolean {
    return this.library.isMulticast();
  }

  /** For the types of this folder only. */
  get library(): LibraryAddress {
    this.#library ??= fromBits(this.family, this.bits);
    return this.#library;
  }

  /** Returns `192.168.98.1`, or IPv6 in the form of RFC 5952, with all groups in hexadecimal. */
  toString(): string {
    this.#text ??= this.library.correctForm();
    return this.#text;
  }

  toJSON(): string {
    return this.toString();
  }
}
