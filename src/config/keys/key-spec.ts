import type { ValueType } from "../value-types/value-type.ts";

/** All there is to know of one key. */
export interface KeySpec<T> {
  readonly type: ValueType<T>;
  /** As it would be written in the file, so that it follows the keys that it refers to. */
  readonly default: string;
  readonly unit?: string;
  /** One line: what it is. */
  readonly help: string;
  /** What else a user may need to know before changing it. */
  readonly hint?: string;
  /** Never shown unless asked for. */
  readonly secret?: true;
}

/** All there is to know of keys that the user numbers: DHCPD_SUBNET_1, VLAN_SBUNET1_PREFIX. */
export interface FamilySpec {
  readonly type: ValueType<string>;
  readonly help: string;
  readonly hint?: string;
  readonly family: {
    /** The key's name around its number. */
    readonly before: string;
    readonly after: string;
    /** Numbers go from 1 to this. */
    readonly last: number;
    /** The key that says how many of them are used. */
    readonly count: "NUM_RACKS" | "VLAN_SUBNETS_NUM";
    /** As it would be written in the file; undefined where there is none. */
    readonly defaultOf: (number: number) => string | undefined;
  };
}

export type AnySpec = KeySpec<unknown> | FamilySpec;

/** Keys that are shown together, in their order. */
export interface Section {
  readonly title: string;
  readonly intro: string;
  readonly keys: Readonly<Record<string, AnySpec>>;
}
