import { expect } from "vitest";
import { evaluate } from "../../src/config/evaluate.ts";
import { parseConfigText } from "../../src/config/parse.ts";
import { formatProblem } from "../../src/errors.ts";

/** Returns the texts of all keys that are assigned in a file without problems. */
export function read(text: string): Record<string, string> {
  const { assignments, problems } = parseConfigText(text, "test.conf");
  expect(problems.map(formatProblem)).toEqual([]);
  const evaluated = evaluate(assignments, "test.conf", new Map());
  expect(evaluated.problems.map(formatProblem)).toEqual([]);
  const written = new Set(assignments.map(({ key }) => key));
  return Object.fromEntries(
    [...evaluated.entries].filter(([key]) => written.has(key)).map(([key, { text }]) => [key, text]),
  );
}

export function problems(text: string): string[] {
  const parsed = parseConfigText(text, "test.conf");
  const unreadable = parsed.problems.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const evaluated = evaluate(parsed.assignments, "test.conf", new Map(), unreadable);
  return [...parsed.problems, ...evaluated.problems].map(formatProblem);
}
