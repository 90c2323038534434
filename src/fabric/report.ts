import { ConfigError, type ConfigProblem } from "../errors.ts";

/** Records a problem with the value of `key`. Planning continues, so that all problems are reported together. */
export type Report = (key: string, message: string) => void;

export interface ProblemList {
  readonly report: Report;
  /** @throws ConfigError with everything reported so far, if anything. */
  readonly throwIfAny: () => void;
}

/** The planner doesn't know files; the code that read the file adds its name and lines to the problems. */
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
