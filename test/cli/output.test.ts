import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import { passOn, print, printJson, tell, warn } from "../../src/cli/output.ts";
import { showProgress } from "../../src/cli/progress.ts";
import { reportError } from "../../src/cli/report-error.ts";
import { CommandError } from "../../src/errors.ts";

const HOSTILE = "\x1b]0;owned\x07\u009b2J";
const SHOWN = "\\u001b]0;owned\\u0007\\u009b2J";

afterEach(() => vi.restoreAllMocks());

/** What was written to both streams since. */
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
  ["news", () => tell(HOSTILE)],
  ["warnings", () => warn(HOSTILE)],
  ["errors", () => reportError(new CommandError("lldpcli", 1, HOSTILE), false)],
  ["defects of our own", () => reportError(new TypeError(HOSTILE), true)],
  [
    "progress",
    () =>
      showProgress({ quiet: false }).step(
        HOSTILE,
        async () => HOSTILE,
        (text) => text,
      ),
  ],
])("the terminal is told nothing by what is quoted in %s", async (_what, say) => {
  const written = watch();
  await say();
  expect(written()).toContain("owned");
  expect(written()).not.toMatch(/[^\P{Cc}\n\t]/u);
});

it("what a switch's program says goes to a file as it is, and to a terminal escaped", () => {
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

it("an error's text has an end, whatever the program said", () => {
  const written = watch();
  reportError(new CommandError("lldpcli", 1, "x\n".repeat(1_000_000)), false);
  expect(written().length).toBeLessThan(50_000);
});

it("nothing but output.ts writes to the terminal", () => {
  const folder = new URL("../../src/", import.meta.url).pathname;
  const allowed = [
    "cli/output.ts",
    // Of a program of its own, whose stdout is a pipe of ours.
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
