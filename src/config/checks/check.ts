import type { Config } from "../types.ts";

/** What is wrong with a key's value beside the others'. */
export interface KeyProblem {
  /** As written in the file: `DHCPD_SUBNET_1`. */
  readonly key: string;
  readonly message: string;
}

/** Looks at several keys together. It is left out while one of those that it needs has no right value. */
export interface Check {
  readonly needs: readonly (keyof Config)[];
  readonly find: (values: Partial<Config>) => readonly KeyProblem[];
}

export function check<const K extends keyof Config>(
  needs: readonly K[],
  find: (config: Pick<Config, K>) => readonly KeyProblem[],
): Check {
  return {
    needs,
    find: (values) => (hasAll(values, needs) ? find(values) : []),
  };
}

function hasAll<K extends keyof Config>(
  values: Partial<Config>,
  keys: readonly K[],
): values is Pick<Config, K> {
  return keys.every((key) => values[key] !== undefined);
}

/** One problem if `condition` holds, otherwise none. */
export function problemIf(condition: boolean, key: string, message: () => string): KeyProblem[] {
  return condition ? [{ key, message: message() }] : [];
}
