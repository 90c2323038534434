import type { ValueType } from "../value-types/value-type.ts";
import { addresses } from "./addresses.ts";
import { bmc } from "./bmc.ts";
import { check } from "./check.ts";
import { dhcp } from "./dhcp.ts";
import { fabric } from "./fabric.ts";
import { hosts } from "./hosts.ts";
import { interfaceNames } from "./interface-names.ts";
import type { Section } from "./key-spec.ts";
import { plugs } from "./plugs.ts";
import { rootless } from "./rootless.ts";
import { servers } from "./servers.ts";
import { directories, image, machines } from "./switches.ts";
import { uplink } from "./uplink.ts";
import { vlans } from "./vlans.ts";

/**
 * The single table of all keys. The type of a configuration, the checks of the values, the shipped file, `config
 * template`, `config show` and docs/configuration.md derive from it. A default refers only to keys above it.
 */
export const KEYS = {
  ...addresses.keys,
  ...uplink.keys,
  ...fabric.keys,
  ...servers.keys,
  ...plugs.keys,
  ...rootless.keys,
  ...dhcp.keys,
  ...vlans.keys,
  ...interfaceNames.keys,
  ...bmc.keys,
  ...image.keys,
  ...machines.keys,
  ...hosts.keys,
  ...directories.keys,
  ...check.keys,
};

/**
 * The typed values of the configuration. The names are the keys of ikvswitch.conf, so that a value has one name in
 * code, file and documentation. A family of numbered keys is one property, an object by number.
 */
export type Config = { readonly [Key in keyof typeof KEYS]: ValueOf<(typeof KEYS)[Key]> };

type ValueOf<Spec extends { readonly type: ValueType<unknown> }> = Spec extends { readonly family: object }
  ? Readonly<Record<number, TypeOf<Spec>>>
  : TypeOf<Spec>;
type TypeOf<Spec> = Spec extends { readonly type: ValueType<infer T> } ? T : never;

/** Keys that are shown together, in the order of the table. */
export const SECTIONS: readonly Section[] = [
  addresses,
  uplink,
  fabric,
  servers,
  plugs,
  rootless,
  dhcp,
  vlans,
  interfaceNames,
  bmc,
  image,
  machines,
  hosts,
  directories,
  check,
];
