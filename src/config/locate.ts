import type { ConfigProblem } from "../errors.ts";
import type { ConfigEntries, ConfigSource, LoadedConfig } from "./types.ts";

/**
 * Adds file and line to each problem that was found in the typed configuration. A problem of a default that follows
 * from a key of the user's is reported at that key.
 */
export function locateProblems(
  loaded: Pick<LoadedConfig, "entries">,
  problems: readonly ConfigProblem[],
): ConfigProblem[] {
  return problems.map((problem) => {
    if (problem.file !== "" || problem.key === undefined) {
      return problem.file === "" ? { ...problem, file: "defaults" } : problem;
    }
    const cause = writtenCause(loaded.entries, problem.key);
    const source = loaded.entries[cause ?? ""]?.source ?? { kind: "default" };
    const follows = cause === undefined || cause === problem.key ? "" : `; its default follows from ${cause}`;
    return { ...problem, ...place(source), message: `${problem.message}${follows}` };
  });
}

/**
 * Returns the first of the keys that the user wrote; otherwise the first whose default follows from a written key;
 * otherwise the first.
 */
export function keyToBlame(entries: ConfigEntries, keys: readonly [string, ...string[]]): string {
  return (
    keys.find((key) => writtenCause(entries, key) === key) ??
    keys.find((key) => writtenCause(entries, key) !== undefined) ??
    keys[0]
  );
}

/** Returns the place at which a problem with a value from `source` is reported. */
export function place(source: ConfigSource): Pick<ConfigProblem, "file" | "line"> {
  switch (source.kind) {
    case "default":
      return { file: "defaults" };
    case "file":
      return { file: source.file, line: source.line };
    case "set":
      return { file: "--set" };
  }
}

/** Returns the key itself if the user wrote it, otherwise a written key from which its default follows. */
export function writtenCause(entries: ConfigEntries, key: string): string | undefined {
  const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
  if (entry === undefined || entry.source.kind !== "default") {
    return entry === undefined ? undefined : key;
  }
  // Defaults refer only to keys above them in the table, so this recursion ends. The last reference has the most
  // influence.
  return entry.uses.map((used) => writtenCause(entries, used)).findLast((cause) => cause !== undefined);
}
