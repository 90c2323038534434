import { afterEach, expect, it, vi } from "vitest";
import { type ReportOptions, reportError } from "../../src/cli/report-error.ts";
import {
  CommandError,
  ConfigError,
  LostMembersError,
  NotRunningError,
  PreflightError,
  TimeoutError,
  UsageError,
} from "../../src/errors.ts";

afterEach(() => vi.restoreAllMocks());

function report(
  error: unknown,
  options: Partial<ReportOptions> = {},
): { readonly exitCode: number; readonly text: string } {
  const written: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const exitCode = reportError(error, { debug: false, json: false, ...options });
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
  [new LostMembersError("gamma does not answer"), 1, "gamma does not answer"],
  [new TypeError("x is undefined"), 1, "probably a bug in ikvswitch. Run with --debug for a stack trace."],
])("reports %s with its exit code", (error, exitCode, text) => {
  const reported = report(error);
  expect(reported.exitCode).toBe(exitCode);
  expect(reported.text).toContain(text);
  expect(reported.text).not.toContain("    at ");
});

it("prints a stack trace with --debug", () => {
  expect(report(new UsageError("unknown switch"), { debug: true }).text).toContain("    at ");
});

const missing = [
  { what: "missing program: qemu", why: "runs switches", fix: "apt install qemu" },
  { what: "no room", why: "disks", fix: "free 1 MiB" },
];

it.each([
  [
    new UsageError("missing argument: NODE\nSee 'ikvswitch exec --help'."),
    "usage",
    2,
    "ikvswitch exec --help",
  ],
  [
    new NotRunningError("leaf1 is off; 'ikvswitch node start leaf1' starts it"),
    "not-running",
    3,
    "ikvswitch node start leaf1",
  ],
  [new PreflightError(missing), "requirements", 3, "apt install qemu\nfree 1 MiB"],
  [new ConfigError([{ file: "a.conf", message: "not a number" }]), "configuration", 2, undefined],
  // What a switch says is no advice of ours.
  [new CommandError("cat", 1, "try 'ikvswitch down'"), "command", 1, undefined],
  [new TimeoutError("the boot of leaf1", 1000, "no answer"), "timeout", 1, undefined],
  [new TypeError("x is undefined"), "bug", 1, undefined],
])("reports %s as one line of JSON", (error, kind, exitCode, fix) => {
  const { text } = report(error, { json: true });
  expect(text.match(/\n/g)).toHaveLength(1);
  const message = expect.stringContaining(error.message.split("\n")[0] ?? "");
  expect(JSON.parse(text)).toMatchObject({ error: { kind, message, exitCode, ...(fix && { fix }) } });
});
