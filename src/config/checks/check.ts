import type { Config } from "../keys/table.ts";

/** What is wrong with the values of some keys beside each other. */
export interface JointProblem {
  /**
   * The keys that could be changed, as written in the file. The problem is told at the first of them that the
   * user wrote, so that `message` names the keys that it speaks of.
   */
  readonly keys: readonly [string, ...string[]];
  readonly message: string;
}

/** Looks at several keys together. It is left out while one of those that it needs has no right value. */
export interface Check {
  readonly find: (values: Partial<Config>) => readonly JointProblem[];
}

export function check<const K extends keyof Config>(
  needs: readonly K[],
  find: (config: Pick<Config, K>) => readonly JointProblem[],
): Check {
  return { find: (values) => (hasAll(values, needs) ? find(values) : []) };
}

function hasAll<K extends keyof Config>(
  values: Partial<Config>,
  keys: readonly K[],
): values is Partial<Config> & Pick<Config, K> {
  return keys.every((key) => values[key] !== undefined);
}

/** One problem if `condition` holds, otherwise none. */
export function problemIf(
  condition: boolean,
  keys: JointProblem["keys"],
  message: () => string,
): JointProblem[] {
  return condition ? [{ keys, message: message() }] : [];
}
