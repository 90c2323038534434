import type { JsonObject } from "../../../untrusted-json.ts";
import type { BootOverride, BootTarget, Firmware } from "../../model/control.ts";

/** Redfish's words for what a machine boots from. */
export const TARGETS = { Pxe: "network", Hdd: "disk", Cd: "cd" } as const satisfies Record<
  string,
  BootTarget
>;
export const UNTIL = { Once: "once", Continuous: "always" } as const satisfies Record<
  string,
  BootOverride["until"]
>;
export const MODES = { Legacy: "bios", UEFI: "uefi" } as const satisfies Record<string, Firmware>;

/** How a machine boots. */
export interface BootState {
  readonly override: BootOverride | null;
  readonly firmware: Firmware;
}

/**
 * The property `Boot` of a computer system.
 * @param hasCd false: it has no drive to boot from.
 */
export function bootProperty({ override, firmware }: BootState, hasCd: boolean): JsonObject {
  const targets = Object.keys(TARGETS).filter((target) => hasCd || target !== "Cd");
  return {
    BootSourceOverrideEnabled: override === null ? "Disabled" : wordFor(UNTIL, override.until),
    "BootSourceOverrideEnabled@Redfish.AllowableValues": ["Disabled", ...Object.keys(UNTIL)],
    BootSourceOverrideMode: wordFor(MODES, firmware),
    "BootSourceOverrideMode@Redfish.AllowableValues": Object.keys(MODES),
    BootSourceOverrideTarget: override === null ? "None" : wordFor(TARGETS, override.target),
    "BootSourceOverrideTarget@Redfish.AllowableValues": ["None", ...targets],
  };
}

function wordFor<Value extends string>(words: Readonly<Record<string, Value>>, value: Value): string {
  return Object.keys(words).find((word) => words[word] === value) ?? value;
}
