import type { Config } from "../keys/table.ts";

/** A problem with the values of several keys in combination. */
export interface JointProblem {
  /**
   * The keys that could be changed, as written in the file. The problem is reported at the first of them that the user
   * wrote, so `message` names all keys concerned.
   */
  readonly keys: readonly [string, ...string[]];
  readonly message: string;
}

/** A check of several keys together. It is skipped while one of the keys that it needs has no valid value. */
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

/** Returns one problem if `condition` holds, otherwise none. */
export function problemIf(
  condition: boolean,
  keys: JointProblem["keys"],
  message: () => string,
): JointProblem[] {
  return condition ? [{ keys, message: message() }] : [];
}
