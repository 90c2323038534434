import { ConfigError, type ConfigProblem } from "../errors.ts";
import { evaluate } from "./evaluate.ts";
import { keyToBlame, locateProblems, writtenCause } from "./locate.ts";
import { readOverrides } from "./overrides.ts";
import { parseConfigText } from "./parse.ts";
import type { Config, LoadedConfig } from "./types.ts";
import { validate } from "./validate.ts";
import { readValues } from "./values.ts";

export interface ReadOptions {
  /** `KEY=VALUE` each; they go before the file. */
  readonly sets?: readonly string[];
  /**
   * A further check, such as the planner, that throws ConfigError. It runs where every key has a right value, so
   * that what it finds is told together with the rest.
   */
  readonly alsoCheck?: ((config: Config) => unknown) | undefined;
}

/**
 * Reads a configuration from the text of its file.
 *
 * @param file name of the file, for problems; null where there is none and `text` is empty
 * @throws ConfigError with every problem: those of `--set`, of the file by line, of the defaults
 */
export function readConfig(text: string, file: string | null, options: ReadOptions = {}): LoadedConfig {
  const name = file ?? "defaults";
  const overrides = readOverrides(options.sets ?? []);
  const parsed = parseConfigText(text, name);
  const unreadable = parsed.problems.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const evaluated = evaluate(parsed.assignments, name, overrides.texts, unreadable);
  const typed = readValues(evaluated.entries);
  const entries = Object.fromEntries(evaluated.entries);
  const joint = validate(typed.values).map(({ keys, message }) => ({
    key: keyToBlame(entries, keys),
    keys,
    message,
  }));
  const single = [
    ...overrides.problems,
    ...parsed.problems,
    ...evaluated.problems.flatMap(({ because, ...problem }) =>
      because !== undefined && typed.wrong.has(because) ? [] : [problem],
    ),
    // A default that does not fit what is already complained about would fit what is right.
    ...typed.problems.filter(
      ({ key = "" }) =>
        entries[key]?.source.kind !== "default" ||
        !joint.some((problem) => problem.key === writtenCause(entries, key)),
    ),
  ];
  const known = new Set<string | undefined>(joint.flatMap(({ keys }) => keys));
  // In a network that is nowhere, every address is wrong.
  const isPlannable =
    single.length === 0 && typed.wrong.size === 0 && !known.has("HOST_VIRTUAL_SUBNET_PREFIX");
  const planned = isPlannable ? problemsOf(options.alsoCheck, typed.values as Config) : [];
  const problems = locateProblems({ entries }, [
    ...single,
    ...joint.map(({ key, message }) => ({ file: "", key, message })),
    // What was found here is found there once more.
    ...planned.filter(({ key }) => !known.has(key)),
  ]);
  if (problems.length > 0) {
    throw new ConfigError(problems.toSorted(byPlace));
  }
  // Every key has a default, so without a problem every key has a value.
  return { config: typed.values as Config, file, entries };
}

function problemsOf(check: ReadOptions["alsoCheck"], config: Config): readonly ConfigProblem[] {
  try {
    check?.(config);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0);
}

function rank(problem: ConfigProblem): number {
  return problem.file === "--set" ? 0 : problem.line === undefined ? 2 : 1;
}
