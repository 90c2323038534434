import { expect, it } from "vitest";
import { withPatience } from "../../../../src/bmc/redfish/machine/patience.ts";

it("an operation that is quick is waited for", async () => {
  expect(await withPatience(Promise.resolve("done"))).toBe("done");
  await expect(withPatience(Promise.reject(new Error("why")))).rejects.toThrow("why");
});

it("an operation that is slow goes on", async () => {
  let finish = () => {};
  const slow = new Promise<string>((_, reject) => {
    finish = () => reject(new Error("too late to be told"));
  });
  expect(await withPatience(slow)).toBeUndefined();
  finish();
});
