import { expect, it } from "vitest";
import { etagOf, namesTag } from "../../../../src/bmc/redfish/protocol/etag.ts";

it("an entity tag changes with the content only", () => {
  expect(etagOf({ a: 1 })).toBe(etagOf({ a: 1 }));
  expect(etagOf({ a: 1 })).not.toBe(etagOf({ a: 2 }));
});

it("a header names one tag, several, or any", () => {
  const etag = etagOf("content");
  expect([etag, `"x", ${etag}`, "*"].map((header) => namesTag(header, etag))).toEqual([true, true, true]);
  expect(['"x"', "", `W/${etag}`, etag.replaceAll('"', "")].map((header) => namesTag(header, etag))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
