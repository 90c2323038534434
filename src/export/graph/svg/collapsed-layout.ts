import type { Fabric, Rack } from "../../../fabric/types.ts";
import { type Box, bottom, type Layout, layOutHead, layOutSpines, TOP, upperBoxes } from "./layout.ts";
import { MARGIN, PORT } from "./measures.ts";

/** The positions of all elements of a picture whose racks are collapsed, in pixels from the top left. */
export interface CollapsedLayout extends Omit<Layout, "measures" | "racks"> {
  readonly racks: readonly CollapsedRack[];
  readonly rows: readonly Row[];
  /** Of each spine, in order: the line that leads from it down to all rows. */
  readonly trunks: readonly Trunk[];
}

export interface CollapsedRack {
  readonly rack: Rack;
  readonly frame: Box;
  /** Place in `rows`. */
  readonly row: number;
}

/** Racks side by side. Above them is a rail for each spine, from which its links drop to the leaves. */
export interface Row {
  /** Of each spine's rail, in order. */
  readonly rails: readonly number[];
  readonly right: number;
}

export interface Trunk {
  /** Height at which the line turns to the left, so that no two lines meet. */
  readonly turn: number;
  readonly x: number;
}

/** Width of the narrowest picture, without its margins. */
const MIN_WIDTH = 1040;
const MOST_COLUMNS = 12;
const RAIL_STEP = 7;
const LEAF = { width: 78, height: 56, gap: 6, padding: 7 };
const RACK_GAP = 14;
const ROW_GAP = 22;
const RAILS_TO_RACKS = 20;
const LABEL_HEIGHT = 24;
const RACK_WIDTH = 2 * (LEAF.width + LEAF.padding) + LEAF.gap;
const RACK_HEIGHT = LEAF.padding + LEAF.height + LABEL_HEIGHT;

/** Places host, internet router and spines as in the whole picture, and below them the racks in rows. */
export function layOutCollapsed(fabric: Fabric): CollapsedLayout {
  const spines = fabric.nodes.filter((node) => node.role === "spine");
  const rows = Math.ceil(fabric.racks.length / MOST_COLUMNS);
  const columns = Math.ceil(fabric.racks.length / rows);
  const trunksWidth = (spines.length + 1) * RAIL_STEP;
  const racksWidth = trunksWidth + columns * (RACK_WIDTH + RACK_GAP) - RACK_GAP;
  const room = Math.max(MIN_WIDTH, racksWidth, spines.length * (TOP.spine.width + PORT.width));
  const width = room + 2 * MARGIN;
  const scale = Math.min(2, Math.max(1, width / 1700));
  const left = (width - racksWidth) / 2;

  const head = layOutHead(width / 2, scale, spines.length);
  const spinesTop = bottom(head.internet) + TOP.internetToSpines * scale;
  const spineBoxes = layOutSpines(spines.length, room, spinesTop, scale, 0);
  const turnsTop = spinesTop + TOP.spine.height * scale + ROW_GAP;
  const railsHeight = (spines.length - 1) * RAIL_STEP;
  const rowHeight = railsHeight + RAILS_TO_RACKS + RACK_HEIGHT + ROW_GAP;
  const rowTop = (row: number) => turnsTop + railsHeight + ROW_GAP + row * rowHeight;
  const racks = fabric.racks.map((rack, index): CollapsedRack => {
    const row = Math.floor(index / columns);
    const x = left + trunksWidth + (index % columns) * (RACK_WIDTH + RACK_GAP);
    const y = rowTop(row) + railsHeight + RAILS_TO_RACKS;
    return { rack, row, frame: { x, y, width: RACK_WIDTH, height: RACK_HEIGHT } };
  });
  return {
    scale,
    width,
    height: Math.max(...racks.map(({ frame }) => bottom(frame))),
    host: head.host,
    bmc: head.bmc,
    nodes: new Map([...upperBoxes(head.internet, spines, spineBoxes), ...racks.flatMap(leafBoxes)]),
    racks,
    rows: Array.from({ length: rows }, (_, row) => ({
      rails: spines.map((_, index) => rowTop(row) + index * RAIL_STEP),
      right: Math.max(
        ...racks.flatMap(({ frame, row: its }) => (its === row ? [frame.x + frame.width] : [])),
      ),
    })),
    trunks: spines.map((_, index) => ({ turn: turnsTop + index * RAIL_STEP, x: left + index * RAIL_STEP })),
  };
}

function leafBoxes({ rack, frame }: CollapsedRack): [string, Box][] {
  return rack.leaves.map((name, index) => [
    name,
    {
      x: frame.x + LEAF.padding + index * (LEAF.width + LEAF.gap),
      y: frame.y + LEAF.padding,
      width: LEAF.width,
      height: LEAF.height,
    },
  ]);
}
