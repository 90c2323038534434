import { isObject, type JsonObject } from "../../../untrusted-json.ts";
import type { BootControl, BootOverride, Firmware } from "../../model/control.ts";
import { type Message, message, quoted } from "../protocol/messages.ts";
import { nothingToChange, writableProperties } from "../protocol/properties.ts";
import { MODES, TARGETS, UNTIL } from "../resources/boot.ts";

/** What a PATCH of `Boot` asks for. */
export interface BootChange {
  /** Undefined: stays as it is. Null: the machine's own boot order. */
  readonly override?: BootOverride | null;
  readonly firmware?: Firmware;
  /** Why nothing is to be changed; empty if it can be. */
  readonly problems: readonly Message[];
  /** Properties that are not changed, although others are. */
  readonly notes: readonly Message[];
}

const ENABLED = "BootSourceOverrideEnabled";
const TARGET = "BootSourceOverrideTarget";
const MODE = "BootSourceOverrideMode";

/**
 * Reads a PATCH of a computer system. A target without `BootSourceOverrideEnabled` is for once if none was set before.
 * @param system the resource as it is.
 */
export function bootChange(body: JsonObject, system: JsonObject, current: BootOverride | null): BootChange {
  const { values, notes } = writableProperties(body, system, ["Boot"]);
  const { Boot: boot } = values;
  if (boot === undefined) {
    return { problems: nothingToChange(body, notes), notes: [] };
  }
  if (!isObject(boot) || !isObject(system.Boot)) {
    return { problems: [message("PropertyValueTypeError", [quoted(boot), "Boot"], "/Boot")], notes: [] };
  }
  const inner = writableProperties(boot, system.Boot, [ENABLED, TARGET, MODE], "/Boot");
  const allNotes = [...notes, ...inner.notes];
  const empty = Object.keys(inner.values).length === 0;
  const problems = empty ? nothingToChange(boot, allNotes) : valueProblems(inner.values, system.Boot);
  if (problems.length > 0) {
    return { problems, notes: [] };
  }
  const mode = wordIn(MODES, inner.values[MODE]);
  const override = overrideChange(inner.values, current);
  if (override === "conflict") {
    return { problems: [message("PropertyValueConflict", [ENABLED, TARGET], `/Boot/${ENABLED}`)], notes: [] };
  }
  return {
    problems: [],
    notes: allNotes,
    ...(override === undefined ? {} : { override }),
    ...(mode === undefined ? {} : { firmware: mode }),
  };
}

/** Applies a change. */
export async function changeBoot(boot: BootControl, { override, firmware }: BootChange): Promise<void> {
  if (firmware !== undefined) {
    await boot.setFirmware(firmware);
  }
  if (override !== undefined) {
    await boot.setOverride(override);
  }
}

/** Returns the values that are not among those which the resource lists as allowable. */
function valueProblems(values: JsonObject, boot: JsonObject): readonly Message[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const allowable = boot[`${name}@Redfish.AllowableValues`];
    if (Array.isArray(allowable) && allowable.includes(value)) {
      return [];
    }
    const key = typeof value === "string" ? "PropertyValueNotInList" : "PropertyValueTypeError";
    return [message(key, [quoted(value), name], `/Boot/${name}`)];
  });
}

/**
 * Returns the new override; undefined if there is no change. `conflict`: it is enabled without a target.
 */
function overrideChange(
  values: JsonObject,
  current: BootOverride | null,
): BootOverride | null | undefined | "conflict" {
  const { [ENABLED]: enabled, [TARGET]: target } = values;
  if (enabled === undefined && target === undefined) {
    return undefined;
  }
  if (enabled === "Disabled" || target === "None") {
    return null;
  }
  const newTarget = wordIn(TARGETS, target) ?? current?.target;
  const until = wordIn(UNTIL, enabled) ?? current?.until ?? "once";
  return newTarget === undefined ? "conflict" : { target: newTarget, until };
}

function wordIn<Value>(words: Readonly<Record<string, Value>>, word: unknown): Value | undefined {
  return typeof word === "string" && Object.hasOwn(words, word) ? words[word] : undefined;
}
