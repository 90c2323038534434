import { afterEach, expect, it, vi } from "vitest";
import { reportError } from "../../src/cli/report-error.ts";
import { CommandError, ConfigError, PreflightError, TimeoutError, UsageError } from "../../src/errors.ts";

afterEach(() => vi.restoreAllMocks());

function report(error: unknown, debug = false): { readonly exitCode: number; readonly text: string } {
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const exitCode = reportError(error, debug);
  return { exitCode, text: written.join("") };
}

it.each([
  [new UsageError("unknown switch: leaf9"), 2, "unknown switch: leaf9"],
  [
    new ConfigError([{ file: "a.conf", line: 3, key: "NUM_U", message: "not a number" }]),
    2,
    "1 problem in the configuration:",
  ],
  [
    new PreflightError([{ what: "missing program: qemu", why: "runs switches", fix: "apt install qemu" }]),
    3,
    "This host does not meet the requirements. Nothing was changed.",
  ],
  [new CommandError("ip link", 1, "no such device"), 1, "ip link"],
  [new TimeoutError("the boot of leaf1", 1000, "no answer"), 1, "the boot of leaf1"],
  [new TypeError("x is undefined"), 1, "probably a bug in ikvswitch. Run with --debug for a stack trace."],
])("reports %s with its exit code", (error, exitCode, text) => {
  const reported = report(error);
  expect(reported.exitCode).toBe(exitCode);
  expect(reported.text).toContain(text);
  expect(reported.text).not.toContain("    at ");
});

it("prints a stack trace with --debug", () => {
  expect(report(new UsageError("unknown switch"), true).text).toContain("    at ");
});
