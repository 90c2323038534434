import type { ConfigProblem } from "../errors.ts";
import { defaultText } from "./evaluate.ts";
import { findKey } from "./keys.ts";
import { place } from "./locate.ts";
import type { LoadedConfig } from "./types.ts";

/**
 * Returns numbered keys that were written and have no effect, because their number exceeds the family's count. They are
 * not errors: a file may hold them for later. Keys with their default's value, such as those of the shipped file, are
 * not reported.
 */
export function unusedKeys({ config, entries }: LoadedConfig): readonly ConfigProblem[] {
  return Object.entries(entries).flatMap(([key, { text, source }]): readonly ConfigProblem[] => {
    const found = findKey(key);
    if (found?.kind !== "numbered" || source.kind === "default") {
      return [];
    }
    const { count, last } = found.spec.family;
    if (found.number <= config[count] || text === defaultText(key, entries)) {
      return [];
    }
    const remedy = `it takes effect with ${count}=${found.number} to ${last}`;
    return [{ ...place(source), key, message: `unused with ${count}=${config[count]}; ${remedy}` }];
  });
}
