import { type Box, bottom } from "../../../../src/export/graph/svg/layout.ts";

/** Returns the pairs of boxes that overlap. */
export function overlaps(all: readonly Box[]): [Box, Box][] {
  return all.flatMap((a, index) =>
    all
      .slice(0, index)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < bottom(b) && b.y < bottom(a))
      .map((b): [Box, Box] => [a, b]),
  );
}

/** Compares to a hundredth of a pixel, since sums of fractions are not exact. */
export function isWithin(inner: Box, outer: Box): boolean {
  const slack = 0.01;
  return (
    inner.x >= outer.x - slack &&
    inner.y >= outer.y - slack &&
    inner.x + inner.width <= outer.x + outer.width + slack &&
    bottom(inner) <= bottom(outer) + slack
  );
}
