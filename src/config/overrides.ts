import type { ConfigProblem } from "../errors.ts";
import { quote } from "./syntax/quote.ts";

export interface Overrides {
  readonly texts: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Splits `--set KEY=VALUE`. The value is the text after the first =, unchanged; of several values for a key the last
 * one counts.
 */
export function readOverrides(sets: readonly string[]): Overrides {
  const texts = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  for (const set of sets) {
    const key = /^[A-Za-z_][A-Za-z0-9_]*(?==)/.exec(set)?.[0];
    if (key === undefined) {
      problems.push({ file: "--set", message: `${quote(set)} is not KEY=VALUE, such as NUM_U=15` });
    } else {
      texts.set(key, set.slice(key.length + 1));
    }
  }
  return { texts, problems };
}
