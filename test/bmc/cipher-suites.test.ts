import { describe, expect, it } from "vitest";
import { onlyStrongSuite } from "../../src/bmc/cipher-suites.ts";

const TABLE = [0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 2];

function library(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part) : Buffer.from(Int32Array.from(part).buffer),
    ),
  );
}

describe("the simulators' library", () => {
  it("has only suite 3, and is otherwise unchanged", () => {
    const before = library("code", TABLE, "data");
    const after = library("code", [1, 1, 1, -1, -1, -1, ...TABLE.slice(6)], "data");
    expect(Buffer.from(onlyStrongSuite(before) ?? [])).toEqual(after);
    expect(before).toEqual(library("code", TABLE, "data"));
  });

  it("is refused if its table is not found, or found twice", () => {
    expect(onlyStrongSuite(library("code", "data"))).toBeUndefined();
    expect(onlyStrongSuite(library("code", TABLE, "data", TABLE))).toBeUndefined();
  });
});
