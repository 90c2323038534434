import { Address } from "./address.ts";
import { type Family, type LibraryAddress, readText, WIDTH } from "./library.ts";

/**
 * An IPv4 or IPv6 network: its first address and its length in bits. Immutable, and compared with `equals`, as
 * addresses are. In JSON and in templates a prefix is its text.
 */
export class Prefix {
  readonly first: Address;
  readonly length: number;
  readonly #library: LibraryAddress;

  private constructor(first: Address, length: number, library: LibraryAddress) {
    this.first = first;
    this.length = length;
    this.#library = library;
  }

  /** Parses `192.168.96.0/19`; null if the text is not a prefix or has bits set beyond its length. */
  static parse(text: string): Prefix | null {
    const [, addressText = "", lengthText = ""] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
    const address = Address.parse(addressText);
    const length = Number(lengthText);
    if (address === null || length > WIDTH[address.family]) {
      return null;
    }
    const prefix = Prefix.around(address, length);
    return prefix.first.equals(address) ? prefix : null;
  }

  /** For text that was validated before. @throws RangeError if it is not a prefix */
  static from(text: string): Prefix {
    const prefix = Prefix.parse(text);
    if (prefix === null) {
      throw new RangeError(`"${text}" is no prefix`);
    }
    return prefix;
  }

  /**
   * Returns the prefix of a given length that contains an address.
   * @throws RangeError if the length exceeds the address's bits
   */
  static around(address: Address, length: number): Prefix {
    const library = readText(`${address}/${length}`);
    if (library === null) {
      throw new RangeError(`${length} is no length of an IPv${address.family} prefix`);
    }
    return new Prefix(new Address(address.family, library.startAddress().bigInt()), length, library);
  }

  /** Returns the prefix of a single address: a /32, or a /128. */
  static single(address: Address): Prefix {
    return Prefix.around(address, WIDTH[address.family]);
  }

  get family(): Family {
    return this.first.family;
  }

  get last(): Address {
    return new Address(this.family, this.#library.endAddress().bigInt());
  }

  /** True if it is a single address. */
  get isSingle(): boolean {
    return this.length === WIDTH[this.family];
  }

  /**
   * Returns the address at a place, counted from 0.
   * @throws RangeError if the prefix has no such place
   */
  at(offset: number): Address {
    const address = this.first.plus(offset);
    if (!this.contains(address)) {
      throw new RangeError(`${this} has no address number ${offset}`);
    }
    return address;
  }

  /** Returns the number of prefixes of a length, its own or a longer one, that it contains. */
  subnetCount(length: number): number {
    return 2 ** (length - this.length);
  }

  /**
   * Returns the prefix of a longer length at a place, counted from 0.
   * @throws RangeError if the prefix has no such place
   */
  subnet(length: number, index: number): Prefix {
    const size = 1n << BigInt(WIDTH[this.family] - length);
    const first = new Address(this.family, this.first.bits + BigInt(index) * size);
    if (length < this.length || !this.contains(first)) {
      throw new RangeError(`${this} has no /${length} number ${index}`);
    }
    return Prefix.around(first, length);
  }

  /**
   * Returns the place of a prefix among those of its length, as `subnet` counts them; negative or too large if it lies
   * outside.
   */
  placeOf(subnet: Prefix): number {
    const size = 1n << BigInt(WIDTH[subnet.family] - subnet.length);
    return Number((subnet.first.bits - this.first.bits) / size);
  }

  /** A prefix never contains anything of the other family. */
  contains(other: Address | Prefix): boolean {
    return other instanceof Prefix
      ? other.#library.isInSubnet(this.#library)
      : other.library.isInSubnet(this.#library);
  }

  overlaps(other: Prefix): boolean {
    return this.contains(other) || other.contains(this);
  }

  equals(other: Prefix): boolean {
    return this.length === other.length && this.first.equals(other.first);
  }

  /** For sorting: shorter prefixes first, those of one length ordered by address. */
  compare(other: Prefix): number {
    return this.length - other.length || this.first.compare(other.first);
  }

  toString(): string {
    return `${this.first}/${this.length}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
