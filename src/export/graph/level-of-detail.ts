import type { Fabric } from "../../fabric/types.ts";

/** How racks are drawn: each with its positions, or as one box. */
export type RackDetail = "whole" | "collapsed";

/** Racks beyond which a picture of whole racks is too wide to be read. */
const MOST_WHOLE_RACKS = 8;

/** Returns the detail in which a picture of the fabric stays readable. */
export function readableDetail(fabric: Fabric): RackDetail {
  return fabric.racks.length > MOST_WHOLE_RACKS ? "collapsed" : "whole";
}

/** Returns the part of the fabric that has only these racks, with their leaves and links. */
export function withRacks(fabric: Fabric, numbers: ReadonlySet<number>): Fabric {
  const racks = fabric.racks.filter(({ number }) => numbers.has(number));
  const nodes = fabric.nodes.filter((node) => node.role !== "leaf" || numbers.has(node.rack));
  const kept = new Set(nodes.map(({ name }) => name));
  const isKept = (end: Fabric["links"][number]["interfaces"][number]["end"]) =>
    end.kind === "host" || (end.kind === "node" ? kept.has(end.node) : numbers.has(end.rack));
  return {
    ...fabric,
    racks,
    links: fabric.links.filter(({ interfaces }) => interfaces.every(({ end }) => isKept(end))),
    // A switch has no port where its link is omitted.
    nodes: nodes.map((node) => ({
      ...node,
      ports: node.ports.filter(({ peer }) => peer.kind === "outside" || isKept(peer)),
    })),
  };
}

/** Reads `3,17-20`. Returns undefined for other text, and for numbers that no rack of so many has. */
export function readRackNumbers(text: string, racks: number): ReadonlySet<number> | undefined {
  const ranges = text.split(",").map((part) => {
    const [, first, last = first] = /^ *(\d+)(?:-(\d+))? *$/.exec(part) ?? [];
    return [Number(first), Number(last)] as const;
  });
  return ranges.every(([from, to]) => from >= 1 && from <= to && to <= racks)
    ? new Set(
        ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index)),
      )
    : undefined;
}
