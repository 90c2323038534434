import { ConfigError, type ConfigProblem } from "../errors.ts";
import type { Choices } from "./choices.ts";
import { type Defaults, evaluate } from "./evaluate.ts";
import { DEFAULT_NAME } from "./fabric-name.ts";
import { keyToBlame, locateProblems, writtenCause } from "./locate.ts";
import { readOverrides } from "./overrides.ts";
import { parseConfigText } from "./parse.ts";
import type { Config, LoadedConfig } from "./types.ts";
import { validate } from "./validate.ts";
import { readValues } from "./values.ts";

export interface ReadOptions<Plan = unknown> {
  /** Name of the fabric; the default one if absent. */
  readonly name?: string | undefined;
  /** Each in the form `KEY=VALUE`; they override the file. */
  readonly sets?: readonly string[];
  readonly choices?: Choices;
  /** Defaults that differ from those of the table of keys. */
  readonly defaults?: Defaults;
  /**
   * Makes the plan of the configuration. It runs if every key has a valid value and throws ConfigError with further
   * problems, which are reported together with the others.
   */
  readonly plan?: ((config: Config) => Plan) | undefined;
}

export interface ConfigText {
  readonly text: string;
  readonly sets: readonly string[];
  readonly name: string;
}

/** A configuration with its plan; undefined if no planner was given. */
export interface PlannedConfig<Plan> extends LoadedConfig {
  /** What it was read from, so that it can be read again. */
  readonly source: ConfigText;
  readonly plan: Plan;
}

/**
 * Reads a configuration from the text of its file.
 *
 * @param file name of the file, for problems; null where there is none and `text` is empty
 * @throws ConfigError with every problem: those of `--set`, of the file by line, of the defaults
 */
export function readConfig<Plan = undefined>(
  text: string,
  file: string | null,
  options: ReadOptions<Plan> = {},
): PlannedConfig<Plan> {
  const name = file ?? "defaults";
  const overrides = readOverrides(options.sets ?? []);
  const parsed = parseConfigText(text, name);
  const unreadable = parsed.problems.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const evaluated = evaluate(parsed.assignments, name, overrides.texts, unreadable, options.defaults);
  const typed = readValues(evaluated.entries, options.choices ?? {});
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
    // A default may be wrong only because of a problem that is already reported; correcting that corrects the default,
    // too.
    ...typed.problems.filter(
      ({ key = "" }) =>
        entries[key]?.source.kind !== "default" ||
        !joint.some((problem) => problem.key === writtenCause(entries, key)),
    ),
  ];
  const known = new Set<string | undefined>(joint.flatMap(({ keys }) => keys));
  // If the whole network is undefined, every address would be reported as wrong.
  const isPlannable =
    single.length === 0 && typed.wrong.size === 0 && !known.has("HOST_VIRTUAL_SUBNET_PREFIX");
  const planned = isPlannable ? tryPlan(options.plan, typed.values as Config) : { problems: [] };
  const problems = locateProblems({ entries }, [
    ...single,
    ...joint.map(({ key, message }) => ({ file: "", key, message })),
    // The planner would report these keys a second time.
    ...planned.problems.filter(({ key }) => !known.has(key)),
  ]);
  if (problems.length > 0) {
    throw new ConfigError(problems.toSorted(byPlace));
  }
  // Every key has a default, so without a problem every key has a value.
  const source = { text, sets: options.sets ?? [], name: options.name ?? DEFAULT_NAME };
  return { config: typed.values as Config, file, entries, source, plan: planned.plan as Plan };
}

function tryPlan<Plan>(
  plan: ReadOptions<Plan>["plan"],
  config: Config,
): { readonly problems: readonly ConfigProblem[]; readonly plan?: Plan | undefined } {
  try {
    return { problems: [], plan: plan?.(config) };
  } catch (error) {
    if (error instanceof ConfigError) {
      return { problems: error.problems };
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
