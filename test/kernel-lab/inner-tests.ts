import { execa } from "execa";
import { projectPath } from "../integration/namespace.ts";
import { IN_PROCESS_NAMESPACE, inProcessNamespace } from "../process-namespace.ts";

/** Files of tests below test/, by the suite of vitest.config.ts that they belong to. */
export type Suites = Readonly<Record<string, readonly string[]>>;

/** For the test runner. */
export type Environment = Readonly<Record<string, string>>;

/** Every test as `file > describe > it`, found without running any. */
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
 * A line of shell that runs them, one file after the other in one process, which is the quickest on a slow processor,
 * in a process namespace as outside, though without starting the test runner twice for it.
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

/** What the JSON reporter says of each test, by the names that `listTests` gives. */
export function readReport(text: string): ReadonlyMap<string, TestResult> {
  const report = JSON.parse(text) as JsonReport;
  return new Map(
    report.testResults.flatMap(({ name: file, message, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => [
        [fileName(file), ...ancestorTitles, title].join(" > "),
        // What failed outside of tests, such as in a hook, is the file's.
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

/** The last part of its path, wherever the project lies. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
