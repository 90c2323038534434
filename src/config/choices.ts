import type { AnySpec } from "./keys/key-spec.ts";
import { oneOf } from "./value-types/names.ts";
import type { ValueType } from "./value-types/value-type.ts";

/** By key: the words that its value is one of, where it is not the configuration that decides which there are. */
export type Choices = Readonly<Partial<Record<"BACKEND", readonly [string, ...string[]]>>>;

/** What a key's value has to look like. */
export function typeOfKey(key: string, spec: AnySpec, choices: Choices): ValueType<unknown> {
  const words = key === "BACKEND" ? choices[key] : undefined;
  return words === undefined ? spec.type : oneOf(...words);
}
