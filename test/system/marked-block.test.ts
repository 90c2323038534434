import fc from "fast-check";
import { expect, it } from "vitest";
import { withBlock, withoutBlock } from "../../src/system/marked-block.ts";

const block = { mark: "ikvswitch lab", lines: "192.168.98.4  leaf1", at: "end" } as const;
const IN_FILE = "# BEGIN ikvswitch lab\n192.168.98.4  leaf1\n# END ikvswitch lab\n";

it("lines go to the end or the start of a file", () => {
  expect(withBlock("127.0.0.1 localhost\n", block)).toBe(`127.0.0.1 localhost\n${IN_FILE}`);
  expect(withBlock("Host a\n", { ...block, at: "start" })).toBe(`${IN_FILE}Host a\n`);
});

it("lines replace those of before in their place, and are there once", () => {
  const before = `a\n${IN_FILE}b\n`;
  expect(withBlock(before, block)).toBe(before);
  expect(withBlock(before, { ...block, lines: "new" })).toBe(before.replace("192.168.98.4  leaf1", "new"));
});

it("the removal gives any file back byte for byte, also after two installs", () => {
  const anyText = fc.string({ unit: fc.constantFrom("a", "#", " ", "\r", "\n", "\xff") });
  fc.assert(
    fc.property(anyText, fc.constantFrom("start", "end"), (text, at) => {
      const installed = withBlock(text, { ...block, at });
      const again = withBlock(installed, { ...block, lines: "other", at });
      expect(withoutBlock(again, block.mark)).toBe(text);
      expect(withBlock(again, { ...block, at })).toBe(installed);
    }),
  );
});

it("lines of other fabrics stay", () => {
  const two = withBlock(withBlock("", block), { ...block, mark: "ikvswitch" });
  expect(withoutBlock(two, "ikvswitch")).toBe(IN_FILE);
});

it.each([
  "# BEGIN ikvswitch lab\nx\n",
  "# END ikvswitch lab\n# BEGIN ikvswitch lab\n",
  `${IN_FILE}${IN_FILE}`,
])("damaged lines are refused: %j", (text) => {
  const said = "the lines '# BEGIN ikvswitch lab' and '# END ikvswitch lab' are not a pair";
  expect(() => withBlock(text, block)).toThrow(said);
  expect(() => withoutBlock(text, block.mark)).toThrow(said);
});
