import { beforeAll, describe, expect, it } from "vitest";
import { listTests, readReport, runWords, type Suites, type TestResult } from "./inner-tests.ts";
import { runInLab } from "./machine.ts";

/** What meets this kernel's VLANs, or the releases of FRR and Kea that Debian has now, and is quick enough. */
const SUITES: Suites = {
  inside: ["test/lab/inside/fabric.test.ts"],
  integration: ["checkers", "dhcp", "neighbors", "network-batch"].map(
    (name) => `test/integration/${name}.test.ts`,
  ),
};

const REPORT = "/root/results/report.json";
/** Emulated on a busy machine; two processors of its own take it half that time. */
const LAB_TIMEOUT_MS = 15 * 60_000;
const MARGIN_MS = 5 * 60_000;

// Deadlines are for processors, not for emulated ones. The lab is a process namespace of its own already.
const COMMAND = [
  "export NO_COLOR=1 IKVSWITCH_TEST_PATIENCE=6 IKVSWITCH_TEST_PROCESS_NAMESPACE=1",
  `exec node node_modules/vitest/vitest.mjs ${runWords(SUITES, REPORT).join(" ")}`,
].join("\n");

const tests = await listTests(SUITES);

describe("in a machine on Debian's own kernel", () => {
  const said: string[] = [];
  let results: ReadonlyMap<string, TestResult>;

  beforeAll(async () => {
    const begin = performance.now();
    const { exitCode, files } = await runInLab({
      command: COMMAND,
      timeoutMs: LAB_TIMEOUT_MS,
      onLine: (line) => {
        said.push(line);
        process.stdout.write(
          `lab ${((performance.now() - begin) / 1000).toFixed(0).padStart(4)} s  ${line}\n`,
        );
      },
    });
    const report = files.get("report.json");
    if (report === undefined) {
      throw new Error(`vitest ended with ${exitCode} and no report:\n${said.join("\n")}`);
    }
    results = readReport(report);
  }, LAB_TIMEOUT_MS + MARGIN_MS);

  it("every test of these suites runs, and no other", () => {
    expect([...results.keys()].sort()).toEqual(tests);
  });

  it.each(tests)("%s", (name) => {
    const result = results.get(name);
    expect(result?.status, result?.messages.join("\n")).toBe("passed");
  });
});
