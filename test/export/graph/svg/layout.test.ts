import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Box,
  type Layout,
  layOut,
  portPlaces,
  upperPorts,
} from "../../../../src/export/graph/svg/layout.ts";
import { linkLines } from "../../../../src/export/graph/svg/links.ts";
import { planFabric } from "../../../../src/fabric/plan.ts";
import type { Fabric } from "../../../../src/fabric/types.ts";
import { configFrom, ROOMY } from "../../../fabric/config.ts";
import { isWithin, overlaps } from "./boxes.ts";

const roomy = configFrom(...ROOMY);

it("for every size, no parts overlap, and all are within the picture", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 3, max: 30 }),
      (NUM_RACKS, NUM_SPINES, NUM_U) => {
        const fabric = planFabric({ ...roomy, NUM_RACKS, NUM_SPINES, NUM_U });
        const layout = layOut(fabric);
        expect(overlaps(boxes(layout))).toEqual([]);
        expect(boxes(layout).filter((box) => !isWithin(box, pictureOf(layout)))).toEqual([]);
        for (const { rack, frame, slots } of layout.racks) {
          const leaves = rack.leaves.flatMap((name) => layout.nodes.get(name) ?? []);
          const parts = [...leaves, ...slots.values()];
          expect(parts).toHaveLength(2 + rack.positions.length);
          expect(overlaps(parts)).toEqual([]);
          expect(parts.filter((part) => !isWithin(part, frame))).toEqual([]);
        }
        expect(crowdedPorts(fabric, layout)).toEqual([]);
      },
    ),
    {
      numRuns: 30,
      examples: [
        [20, 9, 3],
        [1, 1, 3],
        [1, 9, 5],
        [7, 9, 30],
      ],
    },
  );
});

it("collapses racks, which continue in further rows, also for 64 of them", () => {
  const fabric = planFabric({ ...roomy, NUM_RACKS: 64, NUM_SPINES: 8, NUM_U: 15 });
  const collapsed = new Set(fabric.racks.map(({ number }) => number).filter((number) => number !== 3));
  for (const rowWidth of [400, 1_500]) {
    const layout = layOut(fabric, { collapsed, rowWidth, minWidth: 0, hasPorts: false });
    expect(overlaps(boxes(layout))).toEqual([]);
    expect(boxes(layout).filter((box) => !isWithin(box, pictureOf(layout)))).toEqual([]);
    expect(layout.width).toBeLessThan(2_200);
    expect(layout.racks.map(({ rack }) => rack.number)).toEqual(fabric.racks.map(({ number }) => number));
    expect(layout.racks.flatMap(({ slots }) => [...slots.keys()])).toEqual(fabric.racks[2]?.positions);
    const lines = linkLines(fabric, layout);
    expect(
      fabric.links.filter(({ kind, bridge }) => kind === "spine-leaf" && !lines.has(bridge.name)),
    ).toEqual([]);
  }
});

/** Returns the top-level boxes: whole racks, and everything above them. */
function boxes(layout: Layout): Box[] {
  const leaves = new Set(layout.racks.flatMap(({ rack }) => rack.leaves));
  const upper = [...layout.nodes].filter(([name]) => !leaves.has(name)).map(([, box]) => box);
  return [layout.host, layout.bmc, ...upper, ...layout.racks.map(({ frame }) => frame)];
}

/** Returns the names of nodes whose port squares touch each other or extend beyond the node. */
function crowdedPorts(fabric: Fabric, layout: Layout): string[] {
  return fabric.nodes.flatMap((node) => {
    const box = layout.nodes.get(node.name);
    const lower = node.role === "leaf" ? 0 : node.ports.length - 1;
    const edges = box ? [portPlaces(box, upperPorts(node), "top"), portPlaces(box, lower, "bottom")] : [];
    const isCrowded = edges.some((places) =>
      places.some((place, index) => {
        const before = places[index - 1];
        const left = place.x - place.width / 2;
        return (
          place.width < 3 ||
          (before !== undefined && left <= before.x + before.width / 2) ||
          (box !== undefined && (left < box.x || place.x + place.width / 2 > box.x + box.width))
        );
      }),
    );
    return isCrowded ? [node.name] : [];
  });
}

function pictureOf(layout: Layout): Box {
  return { x: 0, y: 0, width: layout.width, height: layout.height };
}
