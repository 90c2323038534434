import type { ConfigProblem } from "../errors.ts";
import { type Choices, typeOfKey } from "./choices.ts";
import { KEYS } from "./keys/table.ts";
import { FAMILIES, findKey, numberedKey, writableKeys } from "./keys.ts";
import { type Suggestions, suggestions } from "./suggest.ts";
import { quote } from "./syntax/quote.ts";
import type { Config, ConfigEntry } from "./types.ts";

/** The typed values of those keys that have a right one. */
export interface Values {
  readonly values: Partial<Config>;
  /** Names, as written, whose texts are wrong. */
  readonly wrong: ReadonlySet<string>;
  /** Without their places. */
  readonly problems: readonly ConfigProblem[];
}

/** Gives every text its type. Unknown keys are problems; so are texts that are not of their key's type. */
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

/** In the order of the table of keys, however the file has them: the same values are then the same text. */
function inOrder(values: Readonly<Record<string, unknown>>): Partial<Config> {
  return Object.fromEntries(
    Object.keys(KEYS).flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])),
  );
}

/**
 * A text made from a wrong one is wrong for no reason of its own. Only texts that were there before count: one
 * that was assigned again later is not the one that was used.
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
