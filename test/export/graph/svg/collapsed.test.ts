import fc from "fast-check";
import { expect, it } from "vitest";
import { renderCollapsedSvg } from "../../../../src/export/graph/svg/collapsed.ts";
import { layOutCollapsed } from "../../../../src/export/graph/svg/collapsed-layout.ts";
import { bottom } from "../../../../src/export/graph/svg/layout.ts";
import { planFabric } from "../../../../src/fabric/plan.ts";
import { configFrom, ROOMY } from "../../../fabric/config.ts";
import { isWithin, overlaps } from "./boxes.ts";
import { all, linkTitles, readXml } from "./read-xml.ts";

const roomy = configFrom(...ROOMY);

it("shows every switch and rack of 64 by name, and every link that does not lead to a server once", () => {
  const fabric = planFabric({ ...roomy, NUM_RACKS: 64, NUM_SPINES: 4, NUM_U: 3 });
  const picture = readXml(renderCollapsedSvg(fabric));
  const texts = new Set(all(picture, "text").map((element) => element.text));
  const names = [
    ...fabric.nodes.map(({ name }) => name),
    ...fabric.racks.map(({ number }) => `rack ${number}`),
  ];
  expect(names.filter((name) => !texts.has(name))).toEqual([]);
  expect(linkTitles(picture).map((title) => title.split("\n")[0])).toEqual(
    fabric.links.flatMap(({ kind, bridge }) => (kind === "server" ? [] : [`bridge ${bridge.name}`])),
  );
});

it("64 racks fit on a screen at a size at which text can be read", () => {
  const { width, height } = layOutCollapsed(planFabric({ ...roomy, NUM_RACKS: 64 }));
  expect(width).toBeLessThan(2400);
  expect(height).toBeLessThan(1600);
});

it("for every size, no parts overlap, and the lines of no two spines share a height or a column", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 9 }), (NUM_RACKS, NUM_SPINES) => {
      const layout = layOutCollapsed(planFabric({ ...roomy, NUM_RACKS, NUM_SPINES, NUM_U: 3 }));
      const leaves = new Set(layout.racks.flatMap(({ rack }) => rack.leaves));
      const upper = [...layout.nodes].flatMap(([name, box]) => (leaves.has(name) ? [] : [box]));
      const boxes = [layout.host, layout.bmc, ...upper, ...layout.racks.map(({ frame }) => frame)];
      expect(overlaps(boxes)).toEqual([]);
      const picture = { x: 0, y: 0, width: layout.width, height: layout.height };
      expect(boxes.filter((box) => !isWithin(box, picture))).toEqual([]);
      const heights = [
        ...layout.trunks.map(({ turn }) => turn),
        ...layout.rows.flatMap(({ rails }) => rails),
      ];
      expect(new Set(heights).size).toBe(NUM_SPINES * (1 + layout.rows.length));
      expect(new Set(layout.trunks.map(({ x }) => x)).size).toBe(NUM_SPINES);
      for (const { frame, row } of layout.racks) {
        expect(Math.max(...(layout.rows[row]?.rails ?? []))).toBeLessThan(frame.y);
        expect(Math.max(...layout.trunks.map(({ x }) => x))).toBeLessThan(frame.x);
      }
      const turned = Math.max(...layout.trunks.map(({ turn }) => turn));
      expect(Math.max(...upper.map(bottom))).toBeLessThan(Math.min(...layout.trunks.map(({ turn }) => turn)));
      expect(turned).toBeLessThan(Math.min(...heights.slice(NUM_SPINES)));
    }),
    {
      numRuns: 15,
      examples: [
        [64, 9],
        [1, 1],
        [13, 9],
      ],
    },
  );
});
