import type { Address } from "../../src/net/address.ts";
import type { InterfaceAddress } from "../../src/net/interface-address.ts";
import type { Mac } from "../../src/net/mac.ts";
import type { Prefix } from "../../src/net/prefix.ts";

/** A value's type in JSON. */
export type Plain<T> = T extends Address | InterfaceAddress | Mac | Prefix
  ? string
  : T extends object
    ? { readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

/** Returns a value as in JSON, with addresses, prefixes and MACs as text. */
export function plain<T>(value: T): Plain<T> {
  return JSON.parse(JSON.stringify(value));
}
