import { describe, expect, it } from "vitest";
import { innerCommand, readReport } from "./inner-tests.ts";

describe("the report from inside the lab", () => {
  it("has every test by file, groups and title, with its messages if it failed", () => {
    const report = {
      testResults: [
        {
          name: "/usr/src/ikvswitch/test/integration/dhcp.test.ts",
          message: "",
          assertionResults: [
            { ancestorTitles: ["DHCP", "on leaf1"], title: "serves", status: "passed", failureMessages: [] },
            { ancestorTitles: ["DHCP"], title: "refuses", status: "failed", failureMessages: ["no lease"] },
          ],
        },
      ],
    };
    expect([...readReport(JSON.stringify(report))]).toEqual([
      ["dhcp.test.ts > DHCP > on leaf1 > serves", { status: "passed", messages: [] }],
      ["dhcp.test.ts > DHCP > refuses", { status: "failed", messages: ["no lease"] }],
    ]);
  });

  it("has the reason for tests that were not run", () => {
    const report = {
      testResults: [
        {
          name: "/usr/src/ikvswitch/test/kernel-lab/inside/fabric.test.ts",
          message: "up: exit code 3",
          assertionResults: [{ ancestorTitles: [], title: "is up", status: "skipped" }],
        },
      ],
    };
    expect(readReport(JSON.stringify(report)).get("fabric.test.ts > is up")).toEqual({
      status: "skipped",
      messages: ["up: exit code 3"],
    });
  });
});

describe("the command for the test runner", () => {
  it("names each suite once and every file, in a process namespace", () => {
    const suites = { integration: ["a.test.ts", "b.test.ts"], inside: ["c.test.ts"] };
    expect(innerCommand(suites, { NO_COLOR: "1" }, "/r.json")).toBe(
      [
        "exec env NO_COLOR=1 IKVSWITCH_TEST_PROCESS_NAMESPACE=1",
        "'setpriv' '--pdeathsig' 'KILL' 'unshare' '--pid' '--fork' '--kill-child' '--mount-proc'",
        `'sh' '-c' '"$@"; exit $?' 'sh' '/usr/bin/node' 'node_modules/vitest/vitest.mjs'`,
        "'run' '--project' 'integration' '--project' 'inside' 'a.test.ts' 'b.test.ts' 'c.test.ts'",
        "'--no-file-parallelism' '--isolate=false'",
        "'--reporter=verbose' '--reporter=json' '--outputFile.json=/r.json'",
      ].join(" "),
    );
  });
});
