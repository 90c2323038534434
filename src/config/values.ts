import type { ConfigProblem } from "../errors.ts";
import { type Choices, typeOfKey } from "./choices.ts";
import { KEYS } from "./keys/table.ts";
import { FAMILIES, findKey, numberedKey, writableKeys } from "./keys.ts";
import { type Suggestions, suggestions } from "./suggest.ts";
import { quote } from "./syntax/quote.ts";
import type { Config, ConfigEntry } from "./types.ts";

/** The typed values of all keys with a valid text. */
export interface Values {
  readonly values: Partial<Config>;
  /** Names, as written, of keys with an invalid text. */
  readonly wrong: ReadonlySet<string>;
  /** Without file and line. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Parses every text into its key's type. Unknown keys are problems, and so are texts that do not fit their key's type.
 */
export function readValues(entries: ReadonlyMap<string, ConfigEntry>, choices: Choices): Values {
  const values: Record<string, unknown> = Object.fromEntries(FAMILIES.map(({ key }) => [key, {}]));
  const wrong = new Map<string, ConfigProblem>();
  const suggest = suggestions();
  for (const [name, entry] of entries) {
    const found = findKey(name);
    if (found === undefined) {
      wrong.set(name, { file: "", key: name, message: unknownKey(name, suggest) });
      continue;
    }
    const parsed = typeOfKey(name, found.spec, choices).parse(entry.text);
    if ("problem" in parsed) {
      wrong.set(name, { file: "", key: name, message: parsed.problem });
    } else if (found.kind === "plain") {
      values[found.key] = parsed.value;
    } else {
      values[found.key] = { ...Object(values[found.key]), [found.number]: parsed.value };
    }
  }
  return {
    values: inOrder(values),
    wrong: new Set(wrong.keys()),
    problems: withoutConsequences(wrong, entries),
  };
}

/**
 * Sorts the values in the order of the table of keys, whatever the order in the file: equal values then give equal
 * text.
 */
function inOrder(values: Readonly<Record<string, unknown>>): Partial<Config> {
  return Object.fromEntries(
    Object.keys(KEYS).flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])),
  );
}

/**
 * Drops problems that follow from an invalid text used by the key. Only texts evaluated before this one count: a later
 * assignment of a used key had no influence.
 */
function withoutConsequences(
  wrong: ReadonlyMap<string, ConfigProblem>,
  entries: ReadonlyMap<string, ConfigEntry>,
): ConfigProblem[] {
  const wrongBefore = new Set<string>();
  const problems: ConfigProblem[] = [];
  for (const [name, { uses }] of entries) {
    const problem = wrong.get(name);
    if (problem !== undefined && !uses.some((used) => wrongBefore.has(used))) {
      problems.push(problem);
    }
    if (problem !== undefined && findKey(name) !== undefined) {
      wrongBefore.add(name);
    }
  }
  return problems;
}

function unknownKey(name: string, suggest: Suggestions): string {
  for (const { spec } of FAMILIES) {
    const { before, after, last } = spec.family;
    if (name.startsWith(before) && /^[0-9]+$/.test(name.slice(before.length, name.length - after.length))) {
      return `unknown key; use ${numberedKey(spec, 1)} to ${numberedKey(spec, last)}`;
    }
  }
  const meant = suggest(name, writableKeys);
  return meant === undefined
    ? `unknown key ${quote(name)}; 'ikvswitch config template' lists all keys`
    : `unknown key; did you mean ${meant}?`;
}
