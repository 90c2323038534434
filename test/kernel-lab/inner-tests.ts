import { execa } from "execa";
import { projectPath } from "../integration/namespace.ts";
import { IN_PROCESS_NAMESPACE, inProcessNamespace } from "../process-namespace.ts";

/** Files of tests below test/, by the suite of vitest.config.ts that they belong to. */
export type Suites = Readonly<Record<string, readonly string[]>>;

/** Environment variables for the test runner. */
export type Environment = Readonly<Record<string, string>>;

/** Lists every test as `file > describe > it`, without running any. */
export async function listTests(
  machines: readonly Suites[],
  environment: Environment,
): Promise<readonly string[]> {
  const lists = machines.map(async (suites) => {
    const words = ["list", "--json", ...selection(suites)];
    const options = { cwd: projectPath(""), stderr: "inherit", env: environment } as const;
    const { stdout } = await execa("npx", ["vitest", ...words], options);
    const found = JSON.parse(stdout.slice(stdout.indexOf("["))) as { name: string; file: string }[];
    return found.map(({ name, file }) => `${fileName(file)} > ${name}`);
  });
  const names = (await Promise.all(lists)).flat().sort();
  const twice = names.find((name, index) => name === names[index + 1]);
  if (twice !== undefined) {
    throw new Error(`two tests are called "${twice}": results could not be told apart`);
  }
  return names;
}

/**
 * Returns the shell command that runs them, one file after the other in one process, which is fastest on a slow
 * processor. It runs in a process namespace as outside, but without starting the test runner twice.
 */
export function innerCommand(suites: Suites, environment: Environment, report: string): string {
  const words = [
    ...["run", ...selection(suites), "--no-file-parallelism", "--isolate=false"],
    ...["--reporter=verbose", "--reporter=json", `--outputFile.json=${report}`],
  ];
  const variables = Object.entries({ ...environment, [IN_PROCESS_NAMESPACE]: "1" });
  return [
    "exec",
    "env",
    ...variables.map(([name, value]) => `${name}=${value}`),
    ...inProcessNamespace(["/usr/bin/node", "node_modules/vitest/vitest.mjs", ...words]).map(quoted),
  ].join(" ");
}

export interface TestResult {
  /** passed, failed, skipped, pending or todo. */
  readonly status: string;
  readonly messages: readonly string[];
}

/** Returns the JSON reporter's result of each test, by the names that `listTests` returns. */
export function readReport(text: string): ReadonlyMap<string, TestResult> {
  const report = JSON.parse(text) as JsonReport;
  return new Map(
    report.testResults.flatMap(({ name: file, message, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => [
        [fileName(file), ...ancestorTitles, title].join(" > "),
        // A failure outside of tests, such as in a hook, is reported for the whole file.
        { status, messages: [...(failureMessages ?? []), ...(message ? [message] : [])] },
      ]),
    ),
  );
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

function selection(suites: Suites): string[] {
  return [...Object.keys(suites).flatMap((suite) => ["--project", suite]), ...Object.values(suites).flat()];
}

/** Returns the last part of the path. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
