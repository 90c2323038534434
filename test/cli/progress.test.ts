import { afterEach, describe, expect, it, vi } from "vitest";
import { showProgress } from "../../src/cli/progress.ts";

const wasTerminal = process.stderr.isTTY;

afterEach(() => {
  process.stderr.isTTY = wasTerminal;
  vi.restoreAllMocks();
});

/** Records both streams. Returns a function that returns all that was written to them. */
function watch({ terminal }: { readonly terminal: boolean }): () => string {
  const written: string[] = [];
  process.stderr.isTTY = terminal;
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
});
