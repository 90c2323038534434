import type { ConfigProblem } from "../errors.ts";
import { KEYS } from "./keys/table.ts";
import { FAMILIES, findKey, isFamily, numberedKeys, writableKeys } from "./keys.ts";
import { place } from "./locate.ts";
import { parseWord } from "./parse.ts";
import { type Suggestions, suggestions } from "./suggest.ts";
import { calculate, NotANumber } from "./syntax/calculate.ts";
import { SyntaxProblem } from "./syntax/cursor.ts";
import { type Assignment, variablesOf, type Word } from "./syntax/words.ts";
import type { ConfigEntries, ConfigEntry, ConfigSource } from "./types.ts";
import { MAX_VALUE_LENGTH } from "./value-types/value-type.ts";

export interface Evaluated {
  /** In the order in which they were assigned. */
  readonly entries: ReadonlyMap<string, ConfigEntry>;
  readonly problems: readonly EvaluationProblem[];
}

/** Texts by key, as they would be written in the file. */
export type Defaults = ReadonlyMap<string, string>;

export interface EvaluationProblem extends ConfigProblem {
  /** The key whose text is not a number. If that text is of the wrong type anyway, only that problem is reported. */
  readonly because?: string;
}

/**
 * Evaluates the text of every key from top to bottom, as a shell would: a variable has the value of its last assignment
 * above. `--set` replaces every assignment of its key, so keys that refer to it follow. Unassigned keys get their
 * default, which follows the keys that it refers to.
 *
 * @param unreadable keys on lines that could not be parsed; keys that refer to them are skipped
 * @param defaults defaults that differ from those of the table
 */
export function evaluate(
  assignments: readonly Assignment[],
  file: string,
  overrides: ReadonlyMap<string, string>,
  unreadable: readonly string[] = [],
  defaults: Defaults = new Map(),
): Evaluated {
  const known: Known = {
    defaults,
    entries: new Map(),
    failed: new Set(unreadable),
    problems: [],
    firstLines: new Map([...assignments].reverse().map(({ key, line }) => [key, line])),
    suggest: suggestions(),
  };
  const { entries, failed, problems, firstLines } = known;
  for (const [key, text] of overrides) {
    entries.set(key, { text, source: { kind: "set" }, uses: [] });
  }
  for (const { key, word, line } of assignments) {
    if (!overrides.has(key)) {
      assign(known, key, word, { kind: "file", file, line });
    }
  }
  firstLines.clear();
  for (const key of keysInUse((name) => lookUp(known, name))) {
    const word = entries.has(key) || failed.has(key) ? undefined : defaultWord(key, defaults);
    if (word !== undefined) {
      assign(known, key, word, { kind: "default" });
    }
  }
  return { entries, problems };
}

/** The state of the evaluation, from top to bottom. */
interface Known {
  readonly defaults: Defaults;
  readonly entries: Map<string, ConfigEntry>;
  /** Keys whose value is unknown because of a problem that was already reported. */
  readonly failed: Set<string>;
  readonly problems: EvaluationProblem[];
  /** The first line on which each key is assigned; empty once all lines are done. */
  readonly firstLines: Map<string, number>;
  readonly suggest: Suggestions;
}

function lookUp(known: Known, name: string): string {
  const { entries, failed, firstLines, suggest } = known;
  const entry = entries.get(name);
  if (entry !== undefined) {
    return entry.text;
  }
  if (failed.has(name)) {
    throw new AlreadyTold();
  }
  const laterLine = firstLines.get(name);
  if (laterLine !== undefined) {
    throw new SyntaxProblem(`${name} is set only on line ${laterLine}; move that line above this one`);
  }
  const byDefault = defaultWord(name, known.defaults);
  if (byDefault === undefined) {
    throw new SyntaxProblem(undefinedVariable(name, firstLines.keys(), suggest));
  }
  return interpolate(byDefault, (other) => lookUp(known, other));
}

function assign(known: Known, key: string, word: Word, source: ConfigSource): void {
  const { entries, failed, problems } = known;
  try {
    const text = interpolate(word, (name) => lookUp(known, name));
    entries.delete(key);
    entries.set(key, { text, source, uses: [...variablesOf(word)] });
    failed.delete(key);
  } catch (error) {
    entries.delete(key);
    failed.add(key);
    if (error instanceof SyntaxProblem) {
      const because = error instanceof NotANumber ? { because: error.variable } : {};
      problems.push({ ...place(source), key, message: error.message, ...because });
    } else if (!(error instanceof AlreadyTold)) {
      throw error;
    }
  }
}

/** Thrown for a consequence of a problem that was already reported. */
class AlreadyTold extends Error {}

function interpolate(word: Word, lookUp: (name: string) => string): string {
  let text = "";
  for (const piece of word) {
    if (piece.kind === "text") {
      text += piece.text;
    } else if (piece.kind === "variable") {
      text += lookUp(piece.name);
    } else {
      text += String(calculate(piece.expression, lookUp));
    }
    if (text.length > MAX_VALUE_LENGTH) {
      throw new SyntaxProblem(`the value exceeds ${MAX_VALUE_LENGTH} characters`);
    }
  }
  return text;
}

function defaultWord(name: string, defaults: Defaults): Word | undefined {
  const found = findKey(name);
  const text =
    defaults.get(name) ??
    (found?.kind === "numbered" ? found.spec.family.defaultOf(found.number) : found?.spec.default);
  return text === undefined ? undefined : parseWord(text);
}

/** Returns the value that a key would have by the table if it were not written; undefined if it has no default. */
export function defaultText(name: string, entries: ConfigEntries): string | undefined {
  const word = defaultWord(name, new Map());
  return word === undefined ? undefined : interpolate(word, (used) => entries[used]?.text ?? "");
}

/** Returns all plain keys, and of each family as many as its count allows. */
function keysInUse(lookUp: (name: string) => string): string[] {
  const families = FAMILIES.flatMap(({ spec }) => {
    const { count, last } = spec.family;
    return numberedKeys(spec, Math.min(readCount(count, lookUp), last));
  });
  return [...Object.entries(KEYS).flatMap(([key, spec]) => (isFamily(spec) ? [] : [key])), ...families];
}

/** Returns 0 for a wrong count, which the check of its key reports. */
function readCount(key: string, lookUp: (name: string) => string): number {
  try {
    const count = Number(lookUp(key));
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch (error) {
    if (error instanceof SyntaxProblem || error instanceof AlreadyTold) {
      return 0;
    }
    throw error;
  }
}

function undefinedVariable(name: string, assigned: Iterable<string>, suggest: Suggestions): string {
  const meant = suggest(name, () => [...writableKeys(), ...assigned]);
  const advice = meant === undefined ? "" : `did you mean ${meant}? `;
  return `unknown variable: ${name}; ${advice}write a literal dollar sign as \\$ or in single quotes`;
}
