import type { ValueType } from "../value-types/value-type.ts";

/** The definition of one key. */
export interface KeySpec<T> {
  readonly type: ValueType<T>;
  /** The default as it would be written in the file, so that it follows the keys that it refers to. */
  readonly default: string;
  /** The value in the shipped file, if it is not the default: a file from before the key was new has no such line. */
  readonly shipped?: string;
  readonly unit?: string;
  /** The meaning, in one line. */
  readonly help: string;
  /** Further facts that a user may need before changing it. */
  readonly hint?: string;
  /** Masked in output unless the user asks for secrets. */
  readonly secret?: true;
}

/** The definition of a family of numbered keys: DHCPD_SUBNET_1, VLAN_SBUNET1_PREFIX. */
export interface FamilySpec {
  readonly type: ValueType<string>;
  readonly help: string;
  readonly hint?: string;
  readonly family: {
    /** The parts of the key's name before and after its number. */
    readonly before: string;
    readonly after: string;
    /** The highest number; the lowest is 1. */
    readonly last: number;
    /** The key that determines how many of them are used. */
    readonly count: "NUM_RACKS" | "VLAN_SUBNETS_NUM";
    /** The default as it would be written in the file; undefined if there is none. */
    readonly defaultOf: (number: number) => string | undefined;
  };
}

export type AnySpec = KeySpec<unknown> | FamilySpec;

/** Keys that are shown together, in order. */
export interface Section {
  readonly title: string;
  readonly intro: string;
  readonly keys: Readonly<Record<string, AnySpec>>;
}
