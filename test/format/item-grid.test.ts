import { expect, it } from "vitest";
import { formatGrid } from "../../src/format/item-grid.ts";
import { withoutTones } from "../../src/format/tone.ts";

const items = Array.from({ length: 9 }, (_, index) => ({
  name: `leaf${index + 1}`,
  state: index % 2 === 0 ? "booting" : "started",
  tone: index % 2 === 0 ? ("doubtful" as const) : ("good" as const),
}));

it("uses as many columns as fit", () => {
  const format = (columns: number) => formatGrid(items, { columns, lines: 20 }).map(withoutTones);
  expect(format(80)[0]).toBe("leaf1 booting   leaf2 started   leaf3 booting   leaf4 started   leaf5 booting");
  expect(format(80)).toHaveLength(2);
  expect(format(200)).toHaveLength(1);
  expect(format(1)).toHaveLength(9);
});

it("if there are too many, shows those that are not good first, and counts the others", () => {
  const grid = formatGrid(items, { columns: 32, lines: 3 }).map(withoutTones);
  expect(grid).toEqual(["leaf1 booting   leaf3 booting", "leaf5 booting   leaf7 booting", "and 5 more"]);
});
