import { describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { guardSteps } from "../../src/system/guard-steps.ts";
import { settleAll } from "../../src/system/settle-all.ts";

describe("guarded steps", () => {
  it("tell where things stand when one fails, and nothing where there is nothing to tell", async () => {
    const told: string[] = [];
    let standing: string | undefined;
    const failing = { title: "Fail", run: () => Promise.reject(new Error("full")) };
    const [step] = guardSteps([failing], {
      interrupted: undefined,
      standing: () => standing,
      onWarning: (text) => told.push(text),
    });
    await expect(step?.run(() => {})).rejects.toThrow("full");
    expect(told).toEqual([]);
    standing = "all is off";
    await expect(step?.run(() => {})).rejects.toThrow("full");
    expect(told).toEqual(["all is off"]);
  });

  it("are not begun once the user has asked to stop", async () => {
    const asked = new AbortController();
    const done: string[] = [];
    const steps = ["first", "second"].map((title) => ({
      title,
      run: async () => {
        done.push(title);
        asked.abort(new InterruptedError());
        return title;
      },
    }));
    const options = { interrupted: asked.signal, standing: () => undefined, onWarning: () => {} };
    const [first, second] = guardSteps(steps, options);
    expect(await first?.run(() => {})).toBe("first");
    await expect(second?.run(() => {})).rejects.toThrow(InterruptedError);
    expect(done).toEqual(["first"]);
  });
});

describe("work that is settled", () => {
  it("fails only when all of it has ended", async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      ended = true;
    });
    await expect(settleAll([Promise.reject(new Error("first")), slow])).rejects.toThrow("first");
    expect(ended).toBe(true);
  });

  it("gives what came of it, in order", async () => {
    expect(await settleAll([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
  });
});
