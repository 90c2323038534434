import type { AnySpec, FamilySpec, KeySpec } from "./keys/key-spec.ts";
import { type Config, KEYS } from "./keys/table.ts";

/** A key as a file may contain it: plain, or one of a numbered family. */
export type WrittenKey =
  | { readonly kind: "plain"; readonly key: keyof Config; readonly spec: KeySpec<unknown> }
  | {
      readonly kind: "numbered";
      readonly key: keyof Config;
      readonly spec: FamilySpec;
      readonly number: number;
    };

/** Finds a key by its name in a file; undefined if there is no key of that name. */
export function findKey(name: string): WrittenKey | undefined {
  return PLAIN.get(name) ?? findNumbered(name);
}

/** Returns every key name that a file may contain. */
export function writableKeys(): string[] {
  return [...PLAIN.keys(), ...FAMILIES.flatMap(({ spec }) => numberedKeys(spec, spec.family.last))];
}

/** Returns the first `count` names of a family. */
export function numberedKeys(spec: FamilySpec, count: number): string[] {
  return Array.from({ length: count }, (_, index) => numberedKey(spec, index + 1));
}

export function numberedKey(spec: FamilySpec, number: number): string {
  return `${spec.family.before}${number}${spec.family.after}`;
}

export function isFamily(spec: AnySpec): spec is FamilySpec {
  return "family" in spec;
}

const ENTRIES = Object.entries(KEYS) as [keyof Config, AnySpec][];
const PLAIN = new Map(
  ENTRIES.flatMap(([key, spec]): [string, WrittenKey][] =>
    isFamily(spec) ? [] : [[key, { kind: "plain", key, spec }]],
  ),
);
export const FAMILIES = ENTRIES.flatMap(([key, spec]) => (isFamily(spec) ? [{ key, spec }] : []));

function findNumbered(name: string): WrittenKey | undefined {
  for (const { key, spec } of FAMILIES) {
    const { before, after, last } = spec.family;
    const digits = name.slice(before.length, name.length - after.length);
    if (/^[1-9][0-9]{0,2}$/.test(digits) && Number(digits) <= last) {
      const number = Number(digits);
      if (name === numberedKey(spec, number)) {
        return { kind: "numbered", key, spec, number };
      }
    }
  }
  return undefined;
}
