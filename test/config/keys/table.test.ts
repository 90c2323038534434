import { describe, expect, it } from "vitest";
import type { AnySpec } from "../../../src/config/keys/key-spec.ts";
import { KEYS } from "../../../src/config/keys/table.ts";
import { parseWord } from "../../../src/config/parse.ts";
import { variablesOf } from "../../../src/config/syntax/words.ts";

describe("the table of keys", () => {
  it("has defaults that refer only to keys further up in it", () => {
    const above = new Set<string>();
    for (const [key, spec] of Object.entries<AnySpec>(KEYS)) {
      const texts =
        "family" in spec
          ? Array.from({ length: spec.family.last }, (_, index) => spec.family.defaultOf(index + 1) ?? "")
          : [spec.default];
      for (const used of texts.flatMap((text) => [...variablesOf(parseWord(text))])) {
        expect(above, `${key} refers to ${used}`).toContain(used);
      }
      above.add(key);
    }
  });

  it("has one line of help for each key, which ends with a full stop", () => {
    for (const [key, { help, hint }] of Object.entries<AnySpec>(KEYS)) {
      expect(help, key).toMatch(/^[A-Z].{5,110}\.$/);
      expect(hint ?? "A hint.", key).toMatch(/^\S.*\.$/);
    }
  });
});
