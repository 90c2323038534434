import { expect, it } from "vitest";
import { formatTable } from "../../src/format/table.ts";

it("a table is as wide as its cells, right-aligns numbers, and has no trailing blanks", () => {
  const table = formatTable(
    ["NAME", "AS", "NOTE"],
    [["internet", 65500, null], ["leaf1", 7, "left\tof rack\n1"], ["x"]],
  );
  expect(table.split("\n")).toEqual([
    "NAME         AS  NOTE",
    "internet  65500",
    "leaf1         7  left of rack 1",
    "x",
  ]);
});

it("a table without rows is its heads", () => {
  expect(formatTable(["A", "B"], [])).toBe("A  B");
});
