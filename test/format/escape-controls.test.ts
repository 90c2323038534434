import fc from "fast-check";
import { expect, it } from "vitest";
import { clip } from "../../src/format/clip.ts";
import { escapeControls } from "../../src/format/escape-controls.ts";
import { formatTable } from "../../src/format/table.ts";

it.each([
  ["a colour", "\x1b[31mred", "\\u001b[31mred"],
  ["a window's title", "\x1b]0;owned\x07", "\\u001b]0;owned\\u0007"],
  ["a colour with the one-character form of ESC [", "\u009b31mred", "\\u009b31mred"],
  ["a carriage return that overwrites text", "down\rup", "down\\u000dup"],
  ["a backspace", "a\b\x7f", "a\\u0008\\u007f"],
  ["a NUL byte", "a\0b", "a\\u0000b"],
  ["a change of the writing direction", "\u202egnp.exe", "\\u202egnp.exe"],
  ["an invisible character", "leaf\u200b1\u{e0041}", "leaf\\u200b1\\udb40\\udc41"],
  ["a lone surrogate", "\ud800", "\\ud800"],
  ["a Unicode line separator", "a\u2028b\u0085c", "a\\u2028b\\u0085c"],
])("%s is escaped", (_what, text, shown) => {
  expect(escapeControls(text)).toBe(shown);
});

it("lines, tabs and text in any script are unchanged, and a serial console's line ends become newlines", () => {
  const text = "leaf1\tKöln 東京 → ✓ 🚀\nleaf2\n";
  expect(escapeControls(text)).toBe(text);
  expect(escapeControls("one\r\ntwo\r\n")).toBe("one\ntwo\n");
});

it("a JSON document keeps its meaning, and has no control characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = escapeControls(JSON.stringify({ [text]: [text] }, null, 2));
      expect(JSON.parse(shown)).toEqual({ [text]: [text] });
      expect(shown).not.toMatch(/[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}]/u);
    }),
    { numRuns: 20 },
  );
});

it("any text in a table's cell stays in its line and column", () => {
  expect(formatTable(["NAME", "STATE"], [["a\x1b[2Jb\r\nc", "up"]])).toBe(
    "NAME                 STATE\na\\u001b[2Jb\\u000d c  up",
  );
});

it("a text that is too long keeps a short beginning and a longer end", () => {
  expect(clip("short", 5)).toBe("short");
  expect(clip(`abc${"x".repeat(1_000)}uvwxyz`, 8)).toBe("ab[… 1001 characters are left out …]uvwxyz");
});
