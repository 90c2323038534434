import { expect, it } from "vitest";
import { readableDetail, readRackNumbers, withRacks } from "../../../src/export/graph/level-of-detail.ts";
import { renderSvg } from "../../../src/export/graph/svg/svg.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom, ROOMY } from "../../fabric/config.ts";

const large = planFabric(configFrom(...ROOMY, "NUM_RACKS=64"));

it("racks are collapsed in a picture of many", () => {
  expect(readableDetail(planFabric(configFrom()))).toBe("whole");
  expect(readableDetail(large)).toBe("collapsed");
});

it("a part has its racks with all their links, and nothing of the others", () => {
  const part = withRacks(large, new Set([17, 40]));
  expect(part.racks.map(({ number }) => number)).toEqual([17, 40]);
  expect(part.nodes.map(({ name }) => name)).toEqual([
    ...["internet", "spine1", "spine2"],
    ...["leaf33", "leaf34", "leaf79", "leaf80"],
  ]);
  // The host's, two of the internet router, two for each leaf, 26 for each rack's servers, and that of the BMCs.
  expect(part.links).toHaveLength(1 + 2 + 4 * 2 + 2 * 26 + 1);
  const picture = renderSvg(part);
  expect(picture).toContain("ikvm40-15-2");
  expect(picture).not.toContain("leaf1<");
  expect(picture).not.toContain('d=""');
});

it("all racks together are the fabric itself", () => {
  const fabric = planFabric(configFrom());
  expect(withRacks(fabric, new Set([1, 2, 3]))).toEqual(fabric);
});

it("reads numbers and ranges of racks", () => {
  expect([...(readRackNumbers("3, 17-20,3", 64) ?? [])]).toEqual([3, 17, 18, 19, 20]);
  expect([...(readRackNumbers("64", 64) ?? [])]).toEqual([64]);
});

it.each(["", "0", "65", "5-3", "1-99999999999", "a", "1,,2", "-1", "1.5"])(
  "does not take '%s' for racks",
  (text) => {
    expect(readRackNumbers(text, 64)).toBeUndefined();
  },
);
