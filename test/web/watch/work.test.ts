import { expect, it } from "vitest";
import { makeWork } from "../../../src/web/watch/work.ts";

it("tells each step of work that takes long, and its end", async () => {
  const work = makeWork();
  const told: (string | null)[] = [];
  work.onChange(() => told.push(work.current()));
  const result = await work.during(async (progress) => {
    await progress.step("Check this host", async () => {});
    return progress.step("Start the switches", async (note) => {
      note("leaf3");
      return 9;
    });
  });
  expect(result).toBe(9);
  expect(told).toEqual(["Check this host", "Start the switches", "Start the switches: leaf3", null]);
});

it("tells the end of work that fails", async () => {
  const work = makeWork();
  const failing = work.during((progress) =>
    progress.step("Start the switches", () => Promise.reject(new Error("no image"))),
  );
  expect(work.current()).toBe("Start the switches");
  await expect(failing).rejects.toThrow("no image");
  expect(work.current()).toBeNull();
});
