import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { checkStoredName } from "../../src/system/stored-name.ts";

describe("a snapshot's name", () => {
  it.each(["a", "before-upgrade", "v1.2_3", "_", "0", "x".repeat(64)])("may be %s", (name) => {
    expect(() => checkStoredName("a snapshot", name)).not.toThrow();
  });

  it.each(["", ".", "..", ".building-x", "a/b", "../a", "a b", "-f", "a\nb", "ä", "a\0", "x".repeat(65)])(
    "may not be %j",
    (name) => {
      expect(() => checkStoredName("a snapshot", name)).toThrow(UsageError);
    },
  );
});
