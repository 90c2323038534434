import { findUnprintable, quote } from "../syntax/quote.ts";

/** What a key's value has to look like. */
export interface ValueType<T> {
  /** Ends both "… is not" and a line of the documentation: `a whole number from 1 to 64`. */
  readonly description: string;
  readonly parse: (text: string) => Parsed<T>;
}

/** `problem` says what is wrong and what would be right. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** Longer than any sensible value; it keeps a file from growing values without end by interpolation. */
export const MAX_VALUE_LENGTH = 4096;

/**
 * A type from a description and a function that gives undefined for a text that is not of it. Texts with
 * characters that nobody can see are of no type: they would reach templates and command lines.
 */
export function valueType<T>(description: string, read: (text: string) => T | undefined): ValueType<T> {
  return valueTypeWithReasons(description, (text) => {
    const value = read(text);
    return value === undefined ? { problem: `${quote(text)} is not ${description}` } : { value };
  });
}

/** As `valueType`, for types that say themselves what is wrong. */
export function valueTypeWithReasons<T>(
  description: string,
  parse: (text: string) => Parsed<T>,
): ValueType<T> {
  return {
    description,
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

/** The text itself where a pattern matches all of it. */
export function matching(description: string, pattern: RegExp): ValueType<string> {
  return valueType(description, (text) => (pattern.test(text) ? text : undefined));
}

/** As `type`, or the word `auto`. */
export function autoOr(type: ValueType<string>): ValueType<string> {
  return valueType(`auto or ${type.description}`, (text) =>
    text === "auto" ? text : parsedOrUndefined(type, text),
  );
}

/** As `type`, or nothing. */
export function emptyOr(type: ValueType<string>): ValueType<string> {
  return {
    description: `empty or ${type.description}`,
    parse: (text) => (text === "" ? { value: "" } : type.parse(text)),
  };
}

export function parsedOrUndefined<T>(type: ValueType<T>, text: string): T | undefined {
  const parsed = type.parse(text);
  return "value" in parsed ? parsed.value : undefined;
}
