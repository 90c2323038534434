import { type Choices, typeOfKey } from "./choices.ts";
import type { AnySpec, FamilySpec } from "./keys/key-spec.ts";
import { KEYS } from "./keys/table.ts";
import { isFamily } from "./keys.ts";
import { readConfig } from "./read.ts";
import { describeKey, describeValue } from "./template.ts";
import type { TextSchema } from "./value-types/text-schema.ts";

/** A key's value in a JSON document: whole numbers are numbers, all else is text as in the file. */
export type SchemaValue = string | number;

/** JSON Schema of one key. */
export interface KeySchema extends TextSchema {
  readonly description: string;
  /** With the defaults of the keys that it refers to. Secrets have none. */
  readonly default?: SchemaValue;
  /** For secrets: not shown where the value is read. */
  readonly writeOnly?: true;
}

/** JSON Schema (draft 2020-12) of an object with the keys of a configuration and their values. */
export interface ConfigSchema {
  readonly $schema: string;
  readonly title: string;
  readonly description: string;
  readonly type: "object";
  readonly properties: Readonly<Record<string, KeySchema>>;
  /** Numbered keys. */
  readonly patternProperties: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties: false;
}

/** Returns the schema of all keys. What keys demand of each other, `config validate` tells, but no schema. */
export function configSchema(choices: Choices): ConfigSchema {
  const specs = Object.entries(KEYS) as readonly (readonly [string, AnySpec])[];
  const { entries } = readConfig("", null);
  const properties = specs.flatMap(([key, spec]) =>
    isFamily(spec) ? [] : [[key, keySchema(key, spec, choices, entries[key]?.text)] as const],
  );
  const families = specs.flatMap(([key, spec]) =>
    isFamily(spec) ? [[namePattern(spec), keySchema(key, spec, choices, undefined)] as const] : [],
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of ikvswitch",
    description: "The values of ikvswitch.conf after variables and arithmetic were replaced.",
    type: "object",
    properties: Object.fromEntries(properties),
    patternProperties: Object.fromEntries(families),
    additionalProperties: false,
  };
}

/** Returns a value as a document has it that the schema describes. */
export function schemaValue(schema: TextSchema, text: string): SchemaValue {
  const types = [schema, ...(schema.anyOf ?? [])].map(({ type }) => type);
  return types.includes("integer") && /^[0-9]+$/.test(text) ? Number(text) : text;
}

function keySchema(key: string, spec: AnySpec, choices: Choices, text: string | undefined): KeySchema {
  const { schema } = typeOfKey(key, spec, choices);
  const isSecret = !isFamily(spec) && spec.secret === true;
  return {
    description: `${describeKey(spec)} Value: ${describeValue(key, spec, choices)}.`,
    ...schema,
    ...(isSecret ? { writeOnly: true } : text === undefined ? {} : { default: schemaValue(schema, text) }),
  };
}

/** Matches the family's names with numbers from 1 to its last. */
function namePattern(spec: FamilySpec): string {
  const numbers = Array.from({ length: spec.family.last }, (_, index) => index + 1).join("|");
  return `^${spec.family.before}(${numbers})${spec.family.after}$`;
}
