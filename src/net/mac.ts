import { Address } from "./address.ts";

/**
 * A MAC address. Immutable, and compared with `equals`, as addresses are. In JSON and in templates it is its text.
 */
export class Mac {
  /** The MAC as a number of 48 bits, which is exact: JavaScript's numbers hold 53. */
  readonly value: number;
  #text: string | undefined;

  /** @throws RangeError if the number has more than 48 bits */
  constructor(value: number) {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 48) {
      throw new RangeError(`${value} is no MAC address`);
    }
    this.value = value;
  }

  /** Parses six bytes of two hexadecimal digits, separated by colons; null for other text. */
  static parse(text: string): Mac | null {
    return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)
      ? new Mac(Number.parseInt(text.replaceAll(":", ""), 16))
      : null;
  }

  /** For text that was validated before. @throws RangeError if it is not a MAC address */
  static from(text: string): Mac {
    const mac = Mac.parse(text);
    if (mac === null) {
      throw new RangeError(`"${text}" is no MAC address`);
    }
    return mac;
  }

  /** True if the lowest bit of the first byte is set (IEEE 802). No NIC has such an address of its own. */
  get isMulticast(): boolean {
    return Math.floor(this.value / 2 ** 40) % 2 === 1;
  }

  /**
   * The IPv6 link-local address that Linux gives an interface with this MAC: fe80::/64 and the modified EUI-64 of the
   * MAC (RFC 4291 appendix A). 08:00:27:06:ac:52 gives fe80::a00:27ff:fe06:ac52.
   */
  get linkLocal(): Address {
    const mac = BigInt(this.value);
    // The universal/local bit is inverted, so that manual addresses such as fe80::1 need no bit set.
    const eui64 = (((mac >> 24n) << 40n) | (0xfffen << 24n) | (mac & 0xffffffn)) ^ (2n << 56n);
    return new Address(6, (0xfe80n << 112n) | eui64);
  }

  plus(offset: number): Mac {
    return new Mac(this.value + offset);
  }

  equals(other: Mac): boolean {
    return this.value === other.value;
  }

  /** Returns the MAC in lower case. */
  toString(): string {
    this.#text ??= this.value
      .toString(16)
      .padStart(12, "0")
      .replace(/..(?!$)/g, "$&:");
    return this.#text;
  }

  toJSON(): string {
    return this.toString();
  }
}
