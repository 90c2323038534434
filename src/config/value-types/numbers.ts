import { type ValueType, valueType } from "./value-type.ts";

/** Decimal without leading zeros, which a shell would read as octal. */
export function wholeNumber(first: number, last: number): ValueType<number> {
  return valueType(`a whole number from ${first} to ${last}`, (text) => readNumber(text, first, last), {
    type: "integer",
    minimum: first,
    maximum: last,
  });
}

export function readNumber(text: string, first: number, last: number): number | undefined {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) {
    return undefined;
  }
  const value = Number(text);
  return value >= first && value <= last ? value : undefined;
}
