import fc from "fast-check";
import { expect, it } from "vitest";
import { clip } from "../../src/format/clip.ts";
import { escapeControls } from "../../src/format/escape-controls.ts";
import { formatTable } from "../../src/format/table.ts";

it.each([
  ["a colour", "\x1b[31mred", "\\u001b[31mred"],
  ["a window's title", "\x1b]0;owned\x07", "\\u001b]0;owned\\u0007"],
  ["the same in one character, as terminals take it, too", "\u009b31mred", "\\u009b31mred"],
  ["a return that overwrites what was before it", "down\rup", "down\\u000dup"],
  ["what erases", "a\b\x7f", "a\\u0008\\u007f"],
  ["nothing, which ends words in C", "a\0b", "a\\u0000b"],
  ["what turns the direction of writing around", "\u202egnp.exe", "\\u202egnp.exe"],
  ["what is not seen at all", "leaf\u200b1\u{e0041}", "leaf\\u200b1\\udb40\\udc41"],
  ["half a character", "\ud800", "\\ud800"],
  ["a separator of lines that is none of ours", "a\u2028b\u0085c", "a\\u2028b\\u0085c"],
])("%s is shown, not done", (_what, text, shown) => {
  expect(escapeControls(text)).toBe(shown);
});

it("lines, tabs and words in any script stay, and lines may end as a serial console ends them", () => {
  const text = "leaf1\tKöln 東京 → ✓ 🚀\nleaf2\n";
  expect(escapeControls(text)).toBe(text);
  expect(escapeControls("one\r\ntwo\r\n")).toBe("one\ntwo\n");
});

it("a JSON document means the same afterwards, and nothing in it acts on a terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = escapeControls(JSON.stringify({ [text]: [text] }, null, 2));
      expect(JSON.parse(shown)).toEqual({ [text]: [text] });
      expect(shown).not.toMatch(/[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}]/u);
    }),
    { numRuns: 20 },
  );
});

it("a cell of a table stays in its line and its column, whatever is in it", () => {
  expect(formatTable(["NAME", "STATE"], [["a\x1b[2Jb\r\nc", "up"]])).toBe(
    "NAME                 STATE\na\\u001b[2Jb\\u000d c  up",
  );
});

it("what is too long keeps its beginning and, of the larger part, its end", () => {
  expect(clip("short", 5)).toBe("short");
  expect(clip(`abc${"x".repeat(1_000)}uvwxyz`, 8)).toBe("ab[… 1001 characters are left out …]uvwxyz");
});
