import { beforeAll, describe, expect, it } from "vitest";
import {
  type Environment,
  innerCommand,
  listTests,
  readReport,
  type Suites,
  type TestResult,
} from "./inner-tests.ts";
import type { Lab } from "./lab-run.ts";

export interface InsideRun {
  /** Title of the tests' group. */
  readonly title: string;
  readonly lab: Lab;
  /** The suites of each machine. The machines run at the same time. */
  readonly machines: readonly Suites[];
  /** Environment variables of the test runners inside. */
  readonly environment: Environment;
  /** Limit for each machine, from its start to its end. */
  readonly timeoutMs: number;
}

const REPORT = "/root/results/report.json";
const MARGIN_MS = 60_000;

/** Declares every test of these suites as a test of the caller's file, and runs them inside the machines. */
export async function describeInside(run: InsideRun): Promise<void> {
  const tests = await listTests(run.machines, run.environment);
  describe(run.title, () => {
    let results: ReadonlyMap<string, TestResult>;

    beforeAll(async () => {
      const runs = await Promise.allSettled(
        run.machines.map((suites, index) => runMachine(run, suites, `lab${index + 1}`)),
      );
      const failed = runs.find((machine) => machine.status === "rejected");
      if (failed !== undefined) {
        throw failed.reason;
      }
      results = new Map(
        runs.flatMap((machine) => (machine.status === "fulfilled" ? [...machine.value] : [])),
      );
    }, run.timeoutMs + MARGIN_MS);

    it("every test of these suites runs, and no other", () => {
      expect([...results.keys()].sort()).toEqual(tests);
    });

    it.each(tests)("%s", (name) => {
      const result = results.get(name);
      expect(result?.status, result?.messages.join("\n")).toBe("passed");
    });
  });
}

async function runMachine(
  { lab, environment, timeoutMs }: InsideRun,
  suites: Suites,
  name: string,
): Promise<ReadonlyMap<string, TestResult>> {
  const begin = performance.now();
  const printed: string[] = [];
  const { exitCode, files } = await lab({
    command: innerCommand(suites, environment, REPORT),
    timeoutMs,
    onLine: (line) => {
      printed.push(line);
      const seconds = ((performance.now() - begin) / 1000).toFixed(0).padStart(4);
      process.stdout.write(`${name} ${seconds} s  ${line}\n`);
    },
  });
  const report = files.get("report.json");
  if (report === undefined) {
    throw new Error(`vitest ended with ${exitCode} and no report:\n${printed.join("\n")}`);
  }
  return readReport(report);
}
