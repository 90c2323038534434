import { findUnprintable, quote } from "../syntax/quote.ts";
import { ANY_TEXT, type TextSchema, textLike, textOr } from "./text-schema.ts";

/** The form of a key's value. */
export interface ValueType<T> {
  /** Completes both "… is not" and a line of the documentation: `a whole number from 1 to 64`. */
  readonly description: string;
  readonly parse: (text: string) => Parsed<T>;
  /** Accepts all that `parse` accepts, and possibly more. */
  readonly schema: TextSchema;
}

/** `problem` describes the error and the valid form. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** Longer than any sensible value; it stops unlimited growth of values by interpolation. */
export const MAX_VALUE_LENGTH = 4096;

/**
 * Makes a type from a description and a parser that returns undefined for invalid text. Text with invisible characters
 * is always invalid: it would reach templates and command lines.
 */
export function valueType<T>(
  description: string,
  read: (text: string) => T | undefined,
  schema: TextSchema = ANY_TEXT,
): ValueType<T> {
  return valueTypeWithReasons(
    description,
    (text) => {
      const value = read(text);
      return value === undefined ? { problem: `${quote(text)} is not ${description}` } : { value };
    },
    schema,
  );
}

/** As `valueType`, for parsers that describe the error themselves. */
export function valueTypeWithReasons<T>(
  description: string,
  parse: (text: string) => Parsed<T>,
  schema: TextSchema = ANY_TEXT,
): ValueType<T> {
  return {
    description,
    schema,
    parse: (text) => {
      const unprintable = findUnprintable(text);
      if (unprintable !== undefined) {
        return { problem: `the value contains the unprintable character ${unprintable}; remove it` };
      }
      if (text.length > MAX_VALUE_LENGTH) {
        return { problem: `the value has ${text.length} characters (limit: ${MAX_VALUE_LENGTH})` };
      }
      return parse(text);
    },
  };
}

/** Returns the type of texts that a pattern matches completely. */
export function matching(description: string, pattern: RegExp): ValueType<string> {
  return valueType(description, (text) => (pattern.test(text) ? text : undefined), textLike(pattern));
}

/** Accepts `type`, or the word `auto`. */
export function autoOr(type: ValueType<string>): ValueType<string> {
  return valueType(
    `auto or ${type.description}`,
    (text) => (text === "auto" ? text : parsedOrUndefined(type, text)),
    textOr("auto", type.schema),
  );
}

/** Accepts `type`, or the empty text. */
export function emptyOr(type: ValueType<string>): ValueType<string> {
  return {
    description: `empty or ${type.description}`,
    schema: textOr("", type.schema),
    parse: (text) => (text === "" ? { value: "" } : type.parse(text)),
  };
}

export function parsedOrUndefined<T>(type: ValueType<T>, text: string): T | undefined {
  const parsed = type.parse(text);
  return "value" in parsed ? parsed.value : undefined;
}
