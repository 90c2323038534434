import type { ConfigProblem } from "../errors.ts";
import { place } from "./evaluate.ts";
import type { LoadedConfig } from "./types.ts";

/** Adds the file and the line of its key to each problem that was found in the typed configuration. */
export function locateProblems(
  loaded: Pick<LoadedConfig, "entries">,
  problems: readonly ConfigProblem[],
): ConfigProblem[] {
  return problems.map((problem) => {
    const entry = problem.key === undefined ? undefined : loaded.entries[problem.key];
    if (problem.file !== "") {
      return problem;
    }
    return { ...problem, ...(entry === undefined ? { file: "defaults" } : place(entry.source)) };
  });
}
