import { Address } from "./address.ts";
import { WIDTH } from "./library.ts";
import { Prefix } from "./prefix.ts";

/**
 * An interface's address with the length of its network: `192.168.96.1/24`. Immutable, and compared with `equals`, as
 * addresses are. In JSON and in templates it is its text.
 */
export class InterfaceAddress {
  readonly address: Address;
  readonly length: number;

  /** @throws RangeError if the length exceeds the address's bits */
  constructor(address: Address, length: number) {
    if (!Number.isInteger(length) || length < 0 || length > WIDTH[address.family]) {
      throw new RangeError(`${length} is no length of an IPv${address.family} prefix`);
    }
    this.address = address;
    this.length = length;
  }

  /** Returns null if the text is not an address with a length. */
  static parse(text: string): InterfaceAddress | null {
    const [, addressText = "", lengthText = ""] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
    const address = Address.parse(addressText);
    const length = Number(lengthText);
    return address === null || length > WIDTH[address.family] ? null : new InterfaceAddress(address, length);
  }

  /** For text that was validated before. @throws RangeError if it is not an address with a length */
  static from(text: string): InterfaceAddress {
    const address = InterfaceAddress.parse(text);
    if (address === null) {
      throw new RangeError(`"${text}" is no IP address with a length`);
    }
    return address;
  }

  /**
   * Returns the address at a place of a network, counted from 0, with the network's length.
   * @throws RangeError if the network has no such place
   */
  static in(network: Prefix, offset: number): InterfaceAddress {
    return new InterfaceAddress(network.at(offset), network.length);
  }

  /** Returns an address with a network of its own: a /32, or a /128. */
  static single(address: Address): InterfaceAddress {
    return new InterfaceAddress(address, WIDTH[address.family]);
  }

  /** The network that the address lies in. */
  get prefix(): Prefix {
    return Prefix.around(this.address, this.length);
  }

  /** True if the address has a network of its own. */
  get isSingle(): boolean {
    return this.length === WIDTH[this.address.family];
  }

  equals(other: InterfaceAddress): boolean {
    return this.length === other.length && this.address.equals(other.address);
  }

  toString(): string {
    return `${this.address}/${this.length}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
