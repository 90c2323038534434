import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import { passOn, print, printJson, tell, warn } from "../../src/cli/output.ts";
import { showProgress } from "../../src/cli/progress.ts";
import { reportError } from "../../src/cli/report-error.ts";
import { CommandError } from "../../src/errors.ts";

const HOSTILE = "\x1b]0;owned\x07\u009b2J";
const SHOWN = "\\u001b]0;owned\\u0007\\u009b2J";

afterEach(() => vi.restoreAllMocks());

/** Records both streams. Returns a function that returns all that was written to them. */
function watch(): () => string {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
  }
  return () => written.join("");
}

it.each([
  ["reports", () => print(HOSTILE)],
  ["JSON", () => printJson({ name: HOSTILE })],
  ["messages", () => tell(HOSTILE)],
  ["warnings", () => warn(HOSTILE)],
  ["errors", () => reportError(new CommandError("lldpcli", 1, HOSTILE), { debug: false, json: false })],
  ["internal errors", () => reportError(new TypeError(HOSTILE), { debug: true, json: false })],
  [
    "progress",
    () =>
      showProgress({ quiet: false }).step(
        HOSTILE,
        async () => HOSTILE,
        (text) => text,
      ),
  ],
])("control characters in %s are escaped", async (_what, say) => {
  const written = watch();
  await say();
  expect(written()).toContain("owned");
  expect(written()).not.toMatch(/[^\P{Cc}\n\t]/u);
});

it("output of a switch's program is written to a file unchanged, and to a terminal escaped", () => {
  const written = watch();
  const wasTerminal = process.stdout.isTTY;
  try {
    process.stdout.isTTY = false;
    passOn(HOSTILE);
    process.stdout.isTTY = true;
    passOn(HOSTILE);
  } finally {
    process.stdout.isTTY = wasTerminal;
  }
  expect(written()).toBe(`${HOSTILE}${SHOWN}`);
});

it("an error's text is limited, however much the program wrote", () => {
  const written = watch();
  reportError(new CommandError("lldpcli", 1, "x\n".repeat(1_000_000)), { debug: false, json: false });
  expect(written().length).toBeLessThan(50_000);
});

it("nothing but output.ts writes to the terminal", () => {
  const folder = new URL("../../src/", import.meta.url).pathname;
  const allowed = [
    "cli/output.ts",
    // A program of its own, whose stdout is a pipe to ikvswitch.
    "bench/probe/main.ts",
    "bench/probe/receive.ts",
  ];
  const writers = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !allowed.includes(name))
    .filter((name) =>
      /process\.(stdout|stderr)\.write|console\.(log|error|warn|info)\(/.test(
        readFileSync(`${folder}${name}`, "utf8"),
      ),
    );
  expect(writers).toEqual([]);
});
