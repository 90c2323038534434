import { afterEach, describe, expect, it, vi } from "vitest";
import { warn } from "../../src/cli/output.ts";
import { showProgress } from "../../src/cli/progress.ts";

const ESC = "\x1b";
const COLOUR = new RegExp(`${ESC}\\[\\d*m`, "g");
const before = { ...pick(process.stderr), TERM: process.env.TERM };

afterEach(() => {
  const { TERM, ...stream } = before;
  Object.assign(process.stderr, stream);
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
    const shown = written()
      .replaceAll(COLOUR, "")
      .replaceAll(/\d\.\d\d s/g, "0.00 s");
    expect(shown).toContain(" Start: 1 of 2 are ready (0.00 s)\n  leaf1 started   leaf2 booting\n");
    // It replaces its two lines.
    expect(shown.endsWith("\x1b[2A\x1b[J✔ Start: done (0.00 s)\n")).toBe(true);
  });

  it("cuts what is wider than the terminal, since a wrapped line could not be replaced", async () => {
    const written = watch({ terminal: true, columns: 20 });
    await showProgress({ quiet: false }).step("x".repeat(50), async () => {});
    expect(written().split("\n")[0]?.replaceAll(COLOUR, "")).toBe(`| ${"x".repeat(17)}`);
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

  it("a warning takes the place of the lines drawn last, which come again below it", async () => {
    const written = watch({ terminal: true });
    await showProgress({ quiet: false }).step("Start", async () => {
      warn("the disk is full");
      await drawn(() => written().split("full")[1] ?? "", "Start");
    });
    expect(written().replaceAll(COLOUR, "")).toContain(`${ESC}[1A${ESC}[JWarning: the disk is full\n`);
  });
});

/** Waits until a text is drawn. */
async function drawn(written: () => string, text: string): Promise<void> {
  await vi.waitFor(() => expect(written()).toContain(text), { timeout: 30_000, interval: 20 });
}
