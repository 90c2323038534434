import type { ConfigProblem } from "../errors.ts";
import type { ConfigEntries, ConfigSource, LoadedConfig } from "./types.ts";

/**
 * Adds the file and the line of its key to each problem that was found in the typed configuration. A default
 * that follows from what the user wrote is told there.
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

/** The first of the keys that the user wrote; else the first whose default follows from one; else the first. */
export function keyToBlame(entries: ConfigEntries, keys: readonly [string, ...string[]]): string {
  return (
    keys.find((key) => writtenCause(entries, key) === key) ??
    keys.find((key) => writtenCause(entries, key) !== undefined) ??
    keys[0]
  );
}

/** Where a problem with a value from `source` is said to lie. */
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

/** The key itself if the user wrote it, else one that the user wrote and that its default was made from. */
export function writtenCause(entries: ConfigEntries, key: string): string | undefined {
  const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
  if (entry === undefined || entry.source.kind !== "default") {
    return entry === undefined ? undefined : key;
  }
  // The defaults of the table refer only upwards, so that this ends. What they refer to last decides most.
  return entry.uses.map((used) => writtenCause(entries, used)).findLast((cause) => cause !== undefined);
}
