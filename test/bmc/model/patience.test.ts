import { expect, it } from "vitest";
import { withPatience } from "../../../src/bmc/model/patience.ts";

it("an operation that is quick is waited for", async () => {
  expect(await withPatience(Promise.resolve("done"), 2_000)).toBe("done");
  await expect(withPatience(Promise.reject(new Error("why")), 2_000)).rejects.toThrow("why");
});

it("an operation that is slow goes on", async () => {
  let finish = () => {};
  const slow = new Promise<string>((_, reject) => {
    finish = () => reject(new Error("too late to be told"));
  });
  expect(await withPatience(slow, 2_000)).toBeUndefined();
  finish();
});
