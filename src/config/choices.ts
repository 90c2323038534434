import type { AnySpec } from "./keys/key-spec.ts";
import { oneOf } from "./value-types/names.ts";
import type { ValueType } from "./value-types/value-type.ts";

/** The allowed words of a key's value, for keys where code outside the configuration defines them. */
export type Choices = Readonly<Partial<Record<"BACKEND", readonly [string, ...string[]]>>>;

/** Returns the type of a key's value. */
export function typeOfKey(key: string, spec: AnySpec, choices: Choices): ValueType<unknown> {
  const words = key === "BACKEND" ? choices[key] : undefined;
  return words === undefined ? spec.type : oneOf(...words);
}
