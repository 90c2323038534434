import { describe, expect, it } from "vitest";
import { readReport, runWords } from "./inner-tests.ts";

describe("the report from inside the lab", () => {
  it("tells every test by file, groups and title, with what it said when it failed", () => {
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

  it("tells of tests that were not reached why not", () => {
    const report = {
      testResults: [
        {
          name: "/usr/src/ikvswitch/test/lab/inside/fabric.test.ts",
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

describe("the words for the test runner", () => {
  it("name each suite once and every file", () => {
    expect(runWords({ integration: ["a.test.ts", "b.test.ts"], inside: ["c.test.ts"] }, "/r.json")).toEqual([
      ...["run", "--project", "integration", "--project", "inside", "a.test.ts", "b.test.ts", "c.test.ts"],
      ...["--no-file-parallelism", "--isolate=false"],
      ...["--reporter=verbose", "--reporter=json", "--outputFile.json=/r.json"],
    ]);
  });
});
