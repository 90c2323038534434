import { addresses } from "./keys/addresses.ts";
import { bmc } from "./keys/bmc.ts";
import { check } from "./keys/check.ts";
import { dhcp } from "./keys/dhcp.ts";
import { fabric } from "./keys/fabric.ts";
import { interfaceNames } from "./keys/interface-names.ts";
import type { FamilySpec, KeySpec, KeySpecs } from "./keys/key-spec.ts";
import { servers } from "./keys/servers.ts";
import { directories, image, machines } from "./keys/switches.ts";
import { vlans } from "./keys/vlans.ts";
import type { Config } from "./types.ts";

/**
 * The one table of all keys. From it come the checks of the values, the shipped file, `config template`,
 * `config show` and docs/configuration.md. A default refers only to keys above it.
 */
export const KEYS: KeySpecs = {
  ...addresses.keys,
  ...fabric.keys,
  ...servers.keys,
  ...dhcp.keys,
  ...vlans.keys,
  ...interfaceNames.keys,
  ...bmc.keys,
  ...image.keys,
  ...machines.keys,
  ...directories.keys,
  ...check.keys,
};

export type AnySpec = KeySpec<Config[keyof Config]> | FamilySpec;

/** Keys that are shown together, in the order of the table. */
export const SECTIONS: readonly {
  readonly title: string;
  readonly intro: string;
  readonly keys: Readonly<Record<string, AnySpec>>;
}[] = [addresses, fabric, servers, dhcp, vlans, interfaceNames, bmc, image, machines, directories, check];

/** What a key that stands in a file is. */
export type WrittenKey =
  | { readonly kind: "plain"; readonly key: keyof Config; readonly spec: KeySpec<Config[keyof Config]> }
  | {
      readonly kind: "numbered";
      readonly key: keyof Config;
      readonly spec: FamilySpec;
      readonly number: number;
    };

/** Finds a key by its name in a file; undefined where there is none of that name. */
export function findKey(name: string): WrittenKey | undefined {
  return PLAIN.get(name) ?? findNumbered(name);
}

/** Every name that a file may hold. */
export function writableKeys(): string[] {
  return [...PLAIN.keys(), ...FAMILIES.flatMap(({ spec }) => numberedKeys(spec, spec.family.last))];
}

/** The first `count` names of a family. */
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
