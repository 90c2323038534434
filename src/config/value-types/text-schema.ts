/** The part of JSON Schema (draft 2020-12) that describes a value. What no pattern can tell is in the description. */
export interface TextSchema {
  readonly type?: "string" | "integer";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly anyOf?: readonly TextSchema[];
}

export const ANY_TEXT: TextSchema = { type: "string" };

/** Returns the schema of texts that a pattern matches completely. */
export function textLike(pattern: RegExp): TextSchema {
  return { type: "string", pattern: pattern.source };
}

/** Returns the schema of values that are this text, or have that schema. */
export function textOr(text: string, schema: TextSchema): TextSchema {
  return { anyOf: [{ const: text }, schema] };
}
