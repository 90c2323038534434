import { describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { type Progress, untilInterrupted } from "../../src/system/progress.ts";
import { tellOnFailure } from "../../src/system/tell-on-failure.ts";

const silent: Progress = { step: (_, run) => run(() => {}) };

describe("interruptible steps", () => {
  it("return the result of their work", async () => {
    const progress = untilInterrupted(silent, new AbortController().signal);
    expect(await progress.step("Count", async () => 3)).toBe(3);
  });

  it("are not started after an interrupt", async () => {
    const asked = new AbortController();
    const progress = untilInterrupted(silent, asked.signal);
    const done: string[] = [];
    await progress.step("First", async () => {
      done.push("first");
      asked.abort(new InterruptedError());
    });
    const second = progress.step("Second", async () => {
      done.push("second");
    });
    await expect(second).rejects.toThrow(InterruptedError);
    expect(done).toEqual(["first"]);
  });
});

describe("a message about the state after a failure", () => {
  it("is printed if the work fails, and only then", async () => {
    const told: string[] = [];
    const tell = (text: string) => {
      told.push(text);
    };
    expect(await tellOnFailure(tell, "all is off", Promise.resolve(1))).toBe(1);
    expect(told).toEqual([]);
    await expect(tellOnFailure(tell, "all is off", Promise.reject(new Error("full")))).rejects.toThrow(
      "full",
    );
    expect(told).toEqual(["all is off"]);
  });
});
