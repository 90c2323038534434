import { splitList } from "./lists.ts";
import { readNumber } from "./numbers.ts";
import { textLike } from "./text-schema.ts";
import { type ValueType, valueType } from "./value-type.ts";

/** A number for every switch, with exceptions by name: `256,leaf3=512`. */
export interface PerSwitch {
  readonly all: number;
  readonly byName: Readonly<Record<string, number>>;
}

/** Returns the type of such values, with numbers within these limits. */
export function perSwitch(first: number, last: number): ValueType<PerSwitch> {
  const description =
    `a whole number from ${first} to ${last} for all switches, ` +
    "and others by name after commas, such as 256,leaf3=512";
  return valueType(
    description,
    (text) => {
      const [allText = "", ...others] = splitList(text);
      const all = readNumber(allText, first, last);
      const byName: Record<string, number> = {};
      for (const other of others) {
        const [name = "", numberText = "", ...rest] = other.split("=");
        const value = readNumber(numberText, first, last);
        if (!SWITCH_NAME.test(name) || value === undefined || rest.length > 0 || name in byName) {
          return undefined;
        }
        byName[name] = value;
      }
      return all === undefined ? undefined : { all, byName };
    },
    textLike(/^[\s,]*[0-9]+([\s,]+[a-z0-9]+=[0-9]+)*[\s,]*$/),
  );
}

/** Other keys determine which of these switches exist. */
const SWITCH_NAME = /^(internet|(spine|leaf)[1-9][0-9]{0,2})$/;
