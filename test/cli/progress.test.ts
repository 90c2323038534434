import { afterEach, describe, expect, it, vi } from "vitest";
import { warn } from "../../src/cli/output.ts";
import { showProgress } from "../../src/cli/progress.ts";

const ESC = "\x1b";
/** Colours, and movements of the cursor. */
const SEQUENCES = new RegExp(`${ESC}\\[[?\\d]*[A-Za-z]`, "g");
const before = { ...pick(process.stderr), TERM: process.env.TERM, stdoutIsTTY: process.stdout.isTTY };

afterEach(() => {
  const { TERM, stdoutIsTTY, ...stream } = before;
  Object.assign(process.stderr, stream);
  process.stdout.isTTY = stdoutIsTTY;
  process.env.TERM = TERM;
  vi.restoreAllMocks();
});

function pick({ isTTY, columns, rows }: typeof process.stderr) {
  return { isTTY, columns, rows };
}

/** Records both streams. Returns a function that returns all that was written to them. */
function watch({
  terminal,
  columns = 80,
}: {
  readonly terminal: boolean;
  readonly columns?: number;
}): () => string {
  const written: string[] = [];
  Object.assign(process.stderr, { isTTY: terminal, columns, rows: 24 });
  process.stdout.isTTY = terminal;
  process.env.TERM = "xterm";
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
  }
  return () => written.join("");
}

describe("progress", () => {
  it("is a line before and after each step without a terminal", async () => {
    const written = watch({ terminal: false });
    const progress = showProgress({ quiet: false });
    const count = await progress.step(
      "Count the switches",
      async () => 9,
      (switches) => `${switches} switches`,
    );
    await progress.step("Rest", async () => {});
    expect(count).toBe(9);
    expect(written().replaceAll(/\d\.\d\d s/g, "0.00 s")).toBe(
      "Count the switches ...\nCount the switches: 9 switches (0.00 s)\nRest ...\nRest: done (0.00 s)\n",
    );
  });

  it("is not shown with `quiet`", async () => {
    const written = watch({ terminal: false });
    expect(await showProgress({ quiet: true }).step("Count", async () => 9)).toBe(9);
    expect(written()).toBe("");
  });

  it.each([{ terminal: false }, { terminal: true }])("rejects with the step's error, %o", async (where) => {
    watch(where);
    const failing = showProgress({ quiet: false }).step("Fail", () => Promise.reject(new TypeError("full")));
    await expect(failing).rejects.toThrow(TypeError);
  });

  it("returns the step's result on a terminal", async () => {
    watch({ terminal: true });
    expect(await showProgress({ quiet: false }).step("Count", async () => 9)).toBe(9);
  });

  it("shows the state of each item on a terminal, below the step, and one line in the end", async () => {
    const written = watch({ terminal: true, columns: 40 });
    await showProgress({ quiet: false }).step("Start", async (note) => {
      note("1 of 2 are ready", [
        { name: "leaf1", state: "started", tone: "good" },
        { name: "leaf2", state: "booting", tone: "doubtful" },
      ]);
      await drawn(written, "booting");
    });
    const lines = written().replaceAll(SEQUENCES, "").split("\n");
    expect(lines).toContain("  › 1 of 2 are ready");
    expect(lines).toContain("    leaf1 started   leaf2 booting");
    expect(lines.filter((line) => line !== "").at(-1)).toMatch(/^✔ Start: done \(\d\.\d\d s\)$/);
  });

  it.each([
    ["does not tell its width", { terminal: true, columns: 0 }, "xterm"],
    ["is dumb", { terminal: true }, "dumb"],
  ])("is plain lines on a terminal that %s", async (_what, where, term) => {
    const written = watch(where);
    process.env.TERM = term;
    await showProgress({ quiet: false }).step("Rest", async (note) => note("all"));
    expect(written()).toMatch(/^Rest \.\.\.\nRest: done \(\d\.\d\d s\)\n$/);
  });

  it("does not lose a warning", async () => {
    const written = watch({ terminal: true });
    await showProgress({ quiet: false }).step("Start", async () => warn("the disk is full"));
    expect(written().replaceAll(SEQUENCES, "")).toContain("Warning: the disk is full\n");
  });
});

/** Waits until a text is drawn. */
async function drawn(written: () => string, text: string): Promise<void> {
  await vi.waitFor(() => expect(written()).toContain(text), { timeout: 30_000, interval: 20 });
}
