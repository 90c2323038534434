import { describe, expect, it } from "vitest";
import { settleAll } from "../../src/system/settle-all.ts";

describe("work that is settled", () => {
  it("rejects only after all of it has ended", async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      ended = true;
    });
    await expect(settleAll([Promise.reject(new Error("first")), slow])).rejects.toThrow("first");
    expect(ended).toBe(true);
  });

  it("returns all results in order", async () => {
    expect(await settleAll([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
  });
});
