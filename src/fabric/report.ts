import { ConfigError, type ConfigProblem } from "../errors.ts";

/** Takes note of a problem with the value of `key`. The plan goes on, so that all problems are told at once. */
export type Report = (key: string, message: string) => void;

export interface ProblemList {
  readonly report: Report;
  /** @throws ConfigError with everything reported so far, if anything was. */
  readonly throwIfAny: () => void;
}

/** The planner doesn't know files: whoever read one adds its name and lines to the problems. */
export function startProblemList(): ProblemList {
  const problems: ConfigProblem[] = [];
  return {
    report: (key, message) => {
      problems.push({ file: "", key, message });
    },
    throwIfAny: () => {
      if (problems.length > 0) {
        throw new ConfigError(problems);
      }
    },
  };
}
