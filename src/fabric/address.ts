import type { Address, InterfaceAddress, Prefix } from "./types.ts";

/** An IPv4 network: its first address as an unsigned 32-bit number, and the length of its prefix in bits. */
export interface Network {
  readonly first: number;
  readonly length: number;
}

/** Dotted form to an unsigned 32-bit number; null for anything but four decimal octets without leading zeros. */
export function parseAddress(text: string): number | null {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every(isOctet)) {
    return null;
  }
  // Multiplied rather than shifted: JavaScript's shifts are signed, and 192 << 24 would be negative.
  return octets.reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

export function formatAddress(address: number): Address {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** `192.168.96.0/19`; null where the text is no prefix or has bits set beyond its length. */
export function parsePrefix(text: string): Network | null {
  const [address, length, ...rest] = text.split("/");
  if (address === undefined || length === undefined || rest.length > 0 || !/^(0|[1-9]\d?)$/.test(length)) {
    return null;
  }
  const first = parseAddress(address);
  const bits = Number(length);
  return first === null || bits > 32 || first % sizeOf(bits) !== 0 ? null : { first, length: bits };
}

export function formatPrefix(network: Network): Prefix {
  return `${formatAddress(network.first)}/${network.length}`;
}

/** The `offset`th address of a network, with the network's length: `192.168.96.1/24`. */
export function interfaceAddress(network: Network, offset: number): InterfaceAddress {
  return `${addressAt(network, offset)}/${network.length}`;
}

/** `192.168.96.1/24` without its length. */
export function withoutLength(address: InterfaceAddress): Address {
  return address.split("/")[0] ?? address;
}

export function addressAt(network: Network, offset: number): Address {
  return formatAddress(network.first + offset);
}

/** The network of a given length that an address lies in. */
export function networkAround(address: number, length: number): Network {
  return { first: address - (address % sizeOf(length)), length };
}

export function containsAddress(network: Network, address: number): boolean {
  return address >= network.first && address <= lastAddress(network);
}

export function containsNetwork(outer: Network, inner: Network): boolean {
  return outer.length <= inner.length && containsAddress(outer, inner.first);
}

export function overlap(a: Network, b: Network): boolean {
  return containsNetwork(a, b) || containsNetwork(b, a);
}

export function lastAddress(network: Network): number {
  return network.first + sizeOf(network.length) - 1;
}

/** Every network that contains this one, from the length of `outer` on; none where `outer` does not contain it. */
export function networksAround(network: Network, outer: Network): Network[] {
  return containsNetwork(outer, network)
    ? Array.from({ length: network.length - outer.length }, (_, index) =>
        networkAround(network.first, outer.length + index),
      )
    : [];
}

function sizeOf(length: number): number {
  return 2 ** (32 - length);
}

function isOctet(text: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255;
}
