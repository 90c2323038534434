import { Refusal } from "../model/error.ts";

/** A property of a request's body, in the words of JSON Schema. */
export type Field = {
  readonly description: string;
  readonly required?: true;
} & (
  | { readonly type: "string"; readonly enum?: readonly string[]; readonly maxLength?: number }
  | { readonly type: "integer"; readonly minimum: number; readonly maximum: number }
  | {
      readonly type: "array";
      readonly items: { readonly type: "string"; readonly enum?: readonly string[] };
      readonly maxItems: number;
    }
);

export type Fields = Readonly<Record<string, Field>>;

type Value<F extends Field> = F extends { readonly enum: readonly (infer Word)[] }
  ? Word
  : F["type"] extends "string"
    ? string
    : F["type"] extends "integer"
      ? number
      : readonly string[];

/** What a body has that fits these fields. */
export type Values<F extends Fields> = {
  readonly [Key in keyof F]: F[Key] extends { readonly required: true }
    ? Value<F[Key]>
    : Value<F[Key]> | undefined;
};

const MAX_CHARACTERS = 1_000;

/**
 * Checks a body against its fields.
 * @throws Refusal with the first property that does not fit.
 */
export function readFields<F extends Fields>(fields: F, body: unknown): Values<F> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw wrong("the body is not a JSON object");
  }
  const unknown = Object.keys(body).find((key) => !Object.hasOwn(fields, key));
  if (unknown !== undefined) {
    const names = Object.keys(fields).join(", ");
    throw wrong(`unknown property ${JSON.stringify(unknown)} (choose from ${names || "none"})`);
  }
  const given = body as Readonly<Record<string, unknown>>;
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name];
    if (value === undefined ? field.required === true : !fits(field, value)) {
      throw wrong(`invalid property ${JSON.stringify(name)}: ${expectation(field)}`);
    }
  }
  return given as Values<F>;
}

function fits(field: Field, value: unknown): boolean {
  switch (field.type) {
    case "string":
      return isWord(value, field.enum, field.maxLength);
    case "integer":
      return Number.isInteger(value) && Number(value) >= field.minimum && Number(value) <= field.maximum;
    case "array":
      return (
        Array.isArray(value) &&
        value.length <= field.maxItems &&
        value.every((item) => isWord(item, field.items.enum))
      );
  }
}

function isWord(value: unknown, choices: readonly string[] | undefined, maxLength = MAX_CHARACTERS): boolean {
  return (
    typeof value === "string" &&
    value.length <= maxLength &&
    !value.includes("\0") &&
    (choices === undefined || choices.includes(value))
  );
}

function expectation(field: Field): string {
  switch (field.type) {
    case "string":
      return field.enum === undefined ? "a text" : `one of ${field.enum.join(", ")}`;
    case "integer":
      return `a whole number from ${field.minimum} to ${field.maximum}`;
    case "array":
      return `a list of at most ${field.maxItems} ${field.items.enum === undefined ? "texts" : `of ${field.items.enum.join(", ")}`}`;
  }
}

function wrong(message: string): Refusal {
  return new Refusal(400, "usage", message);
}
