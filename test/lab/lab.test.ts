import { readdir } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { projectPath } from "../integration/namespace.ts";
import { innerCommand, listTests, readReport, type Suites, type TestResult } from "./inner-tests.ts";
import { runInLab } from "./machine.ts";

/** What of the integration suite does not run here, and why. Everything else does. */
const OUTSIDE: Readonly<Record<string, string>> = {
  bmc: "boots machines within deadlines for processors that are not emulated twice, and meets nothing of this kernel",
  console: "as bmc",
  "image-build": "builds from a Debian mirror, and there is no network",
  "net-kill":
    "starts and stops the host network 200 times to be killed at moments that matter: too slow there",
  qemu: "as bmc",
};

/** What the second machine runs, so that both are done at about the same time. */
const SECOND: readonly string[] = ["faults", "net", "net-failure", "net-others", "net-repair"];

const suite = (await readdir(projectPath("test/integration")))
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => file.slice(0, -".test.ts".length));

const integration = (...names: readonly string[]) => names.map((name) => `test/integration/${name}.test.ts`);

const MACHINES: readonly Suites[] = [
  {
    inside: ["test/lab/inside/fabric.test.ts"],
    integration: integration(...suite.filter((name) => !(name in OUTSIDE) && !SECOND.includes(name))),
  },
  { integration: integration(...SECOND) },
];

const REPORT = "/root/results/report.json";
/** Emulated on a busy machine; two processors of its own take it a third of that time. */
const LAB_TIMEOUT_MS = 50 * 60_000;
const MARGIN_MS = 5 * 60_000;

/** Deadlines and sizes are for processors, not for emulated ones. */
const ENVIRONMENT = { NO_COLOR: "1", IKVSWITCH_TEST_PATIENCE: "6", IKVSWITCH_TEST_SIZE: "small" };

const tests = await listTests(MACHINES, ENVIRONMENT);

async function runMachine(suites: Suites, name: string): Promise<ReadonlyMap<string, TestResult>> {
  const begin = performance.now();
  const said: string[] = [];
  const { exitCode, files } = await runInLab({
    command: innerCommand(suites, ENVIRONMENT, REPORT),
    timeoutMs: LAB_TIMEOUT_MS,
    onLine: (line) => {
      said.push(line);
      const seconds = ((performance.now() - begin) / 1000).toFixed(0).padStart(4);
      process.stdout.write(`${name} ${seconds} s  ${line}\n`);
    },
  });
  const report = files.get("report.json");
  if (report === undefined) {
    throw new Error(`vitest ended with ${exitCode} and no report:\n${said.join("\n")}`);
  }
  return readReport(report);
}

describe("in machines on Debian's own kernel", () => {
  let results: ReadonlyMap<string, TestResult>;

  beforeAll(async () => {
    const runs = await Promise.allSettled(
      MACHINES.map((suites, index) => runMachine(suites, `lab${index + 1}`)),
    );
    const failed = runs.find((run) => run.status === "rejected");
    if (failed !== undefined) {
      throw failed.reason;
    }
    results = new Map(runs.flatMap((run) => (run.status === "fulfilled" ? [...run.value] : [])));
  }, LAB_TIMEOUT_MS + MARGIN_MS);

  it("no file is left out, or moved to the second machine, that is not there", () => {
    expect(suite).toEqual(expect.arrayContaining([...Object.keys(OUTSIDE), ...SECOND]));
  });

  it("every test of these suites runs, and no other", () => {
    expect([...results.keys()].sort()).toEqual(tests);
  });

  it.each(tests)("%s", (name) => {
    const result = results.get(name);
    expect(result?.status, result?.messages.join("\n")).toBe("passed");
  });
});
