import { BOOT_TARGETS } from "../bmc/model/control.ts";
import { oneOf } from "../config/value-types/names.ts";
import { wholeNumber } from "../config/value-types/numbers.ts";
import { absolutePath } from "../config/value-types/places.ts";
import { emptyOr, parsedOrUndefined, type ValueType, valueType } from "../config/value-types/value-type.ts";
import type { BootDevice, DiskProfile, Profile } from "./profile.ts";

/** Settings of a profile besides its disks, by their names in the file. */
export const PROFILE_KEYS = {
  vcpus: { type: wholeNumber(1, 64), default: "1" },
  /** MiB. */
  memory: { type: wholeNumber(16, 1024 * 1024), default: "512" },
  /** A rack position has two links. */
  nics: { type: wholeNumber(1, 2), default: "2" },
  image: { type: oneOf("switch", "none"), default: "none" },
  routing: { type: oneOf("bgp", "none"), default: "none" },
  "boot-server": { type: oneOf("yes", "no"), default: "no" },
  firmware: { type: oneOf("bios", "uefi"), default: "bios" },
  boot: { type: bootOrder(), default: "disk, network" },
  "user-data": { type: emptyOr(absolutePath), default: "" },
  "ssh-keys": { type: emptyOr(absolutePath), default: "" },
  autostart: { type: oneOf("yes", "no"), default: "no" },
} as const;

export type ProfileKey = keyof typeof PROFILE_KEYS;
export type ProfileValues = {
  readonly [Key in ProfileKey]: (typeof PROFILE_KEYS)[Key]["type"] extends ValueType<infer T> ? T : never;
};

export function isProfileKey(name: string): name is ProfileKey {
  return Object.hasOwn(PROFILE_KEYS, name);
}

/** `disk1` is the first one. */
export const DISK_KEY = /^disk([1-9])$/;

/** A size, a base, or both: `20G /var/lib/images/debian.qcow2`, `20G copy /var/lib/images/debian.qcow2`. */
export const diskType: ValueType<DiskProfile> = valueType(
  "a size, the absolute path of a base image, or both, such as 20G /images/debian.qcow2 or 20G copy /images/debian.qcow2",
  (text) => {
    const [, size = null, copy, base = null] =
      /^(\d{1,6}[MGT])?(?:^|\s+|$)(?:(copy\s+)?(\/\S+))?$/.exec(text.trim()) ?? [];
    const valid = base === null || parsedOrUndefined(absolutePath, base) !== undefined;
    // Commas are separators in QEMU's options.
    return (size === null && base === null) || !valid || base?.includes(",")
      ? undefined
      : { size, base, copy: copy !== undefined };
  },
);

function bootOrder(): ValueType<readonly BootDevice[]> {
  const description = "a list of disk, network and cd, each at most once, such as network, disk";
  return valueType(description, (text) => {
    const words = text.split(/[\s,]+/).filter((word) => word !== "");
    const devices = words.filter((word): word is BootDevice =>
      BOOT_TARGETS.some((target) => target === word),
    );
    const valid = devices.length === words.length && devices.length > 0;
    return valid && new Set(devices).size === devices.length ? devices : undefined;
  });
}

export function profileFrom(name: string, values: ProfileValues, disks: readonly DiskProfile[]): Profile {
  return {
    name,
    vcpus: values.vcpus,
    memoryMiB: values.memory,
    nics: values.nics,
    image: values.image,
    routing: values.routing,
    bootServer: values["boot-server"] === "yes",
    disks,
    firmware: values.firmware,
    boot: values.boot,
    userData: values["user-data"],
    sshKeys: values["ssh-keys"],
    autostart: values.autostart === "yes",
  };
}
