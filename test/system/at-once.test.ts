import { describe, expect, it } from "vitest";
import { mapAtOnce } from "../../src/system/at-once.ts";

describe("working on several items at once", () => {
  it("returns results in the items' order, and never runs more than the limit", async () => {
    let busy = 0;
    let most = 0;
    const results = await mapAtOnce([3, 1, 2, 0], 2, async (item) => {
      busy += 1;
      most = Math.max(most, busy);
      for (let turn = 0; turn < item; turn += 1) {
        await Promise.resolve();
      }
      busy -= 1;
      return item * 10;
    });
    expect(results).toEqual([30, 10, 20, 0]);
    expect(most).toBe(2);
  });

  it("starts no further item after a failure", async () => {
    const begun: number[] = [];
    const work = mapAtOnce([1, 2, 3], 1, async (item) => {
      begun.push(item);
      throw new Error(`${item} failed`);
    });
    await expect(work).rejects.toThrow("1 failed");
    expect(begun).toEqual([1]);
  });
});
