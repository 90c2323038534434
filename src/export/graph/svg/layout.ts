import type { Fabric, Node, Rack } from "../../../fabric/types.ts";
import {
  collapsedMeasures,
  MARGIN,
  type Measures,
  measuresFor,
  PORT,
  PORT_STEP,
  rackWidth,
  spinePortStep,
} from "./measures.ts";

/** The positions of all elements, in pixels from the top left. */
export interface Layout {
  readonly measures: Measures;
  /** Scale of the upper part. A wide picture is viewed at a smaller size, so this part is drawn larger. */
  readonly scale: number;
  readonly width: number;
  /** Height of everything except the legend, which is below. */
  readonly height: number;
  readonly host: Box;
  readonly bmc: Box;
  /** Boxes of the nodes, by name. */
  readonly nodes: ReadonlyMap<string, Box>;
  readonly racks: readonly RackLayout[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface RackLayout {
  readonly rack: Rack;
  readonly frame: Box;
  /** By rack position, from the top; empty if the rack is collapsed. */
  readonly slots: ReadonlyMap<number, Box>;
}

/** Sizes and distances of what is above the racks, at a scale of 1. */
export const TOP = {
  host: { width: 250, height: 74 },
  bmc: { width: 190, height: 56 },
  internet: { width: 190, height: 76 },
  spine: { width: 190, height: 76 },
  hostToBmc: 70,
  hostToInternet: 62,
  internetToSpines: 84,
};
const LEAF_TO_SLOTS = 26;
const RACK_LABEL_HEIGHT = 30;

/** How a picture is laid out for a reader who can act on it. */
export interface LayoutOptions {
  /** Numbers of racks without their positions. */
  readonly collapsed: ReadonlySet<number>;
  /** Racks that are wider together continue in the next row. */
  readonly rowWidth: number;
  readonly minWidth: number;
  /** False: spines are as wide as their names need, since no port is drawn. */
  readonly hasPorts: boolean;
}

const WHOLE: LayoutOptions = {
  collapsed: new Set(),
  rowWidth: Number.POSITIVE_INFINITY,
  minWidth: 1040,
  hasPorts: true,
};

/** Places host, internet router, spines and racks below each other, each row centred. */
export function layOut(fabric: Fabric, options: LayoutOptions = WHOLE): Layout {
  const measures = measuresFor(fabric);
  const spines = fabric.nodes.filter((node) => node.role === "spine");
  const leaves = 2 * fabric.racks.length;
  const rows = rackRows(fabric, measures, options);
  const racksWidth = Math.max(...rows.map(({ width }) => width));
  const spinePorts = options.hasPorts
    ? leaves * spinePortStep(spines.length, leaves, racksWidth) + PORT_STEP
    : 0;
  const spinesWidth = spines.length * (Math.max(spinePorts, TOP.spine.width) + 2 * PORT_STEP);
  const room = Math.max(options.minWidth, racksWidth, spinesWidth);
  const width = room + 2 * MARGIN;
  const scale = Math.min(2, Math.max(1, width / 1700));

  const head = layOutHead(width / 2, scale, spines.length);
  const spinesTop = bottom(head.internet) + TOP.internetToSpines * scale;
  // The wider the picture, the flatter the links between spines and leaves would be, so it also grows in height.
  const racksTop = spinesTop + TOP.spine.height * scale + Math.min(460, Math.max(150, width * 0.12));
  const racks = placeRacks(rows, measures.rackGap, width, racksTop);
  const spineBoxes = layOutSpines(spines.length, room, spinesTop, scale, spinePorts);
  return {
    measures,
    scale,
    width,
    height: Math.max(...racks.map(({ frame }) => bottom(frame))),
    host: head.host,
    bmc: head.bmc,
    nodes: new Map([
      ...upperBoxes(head.internet, spines, spineBoxes),
      ...racks.flatMap(({ rack, own, frame }) => leafBoxes(rack, own, frame)),
    ]),
    racks,
  };
}

interface RackRow {
  readonly racks: readonly { readonly rack: Rack; readonly own: Measures; readonly isCollapsed: boolean }[];
  readonly width: number;
}

/** Divides the racks into rows that are not wider than wanted. */
function rackRows(fabric: Fabric, measures: Measures, { collapsed, rowWidth }: LayoutOptions): RackRow[] {
  const small = collapsedMeasures(fabric, measures);
  const rows: RackRow[] = [];
  for (const rack of fabric.racks) {
    const isCollapsed = collapsed.has(rack.number);
    const own = isCollapsed ? small : measures;
    const last = rows.at(-1);
    const width = (last === undefined ? 0 : last.width + measures.rackGap) + rackWidth(own);
    if (last === undefined || width > rowWidth) {
      rows.push({ racks: [{ rack, own, isCollapsed }], width: rackWidth(own) });
    } else {
      rows[rows.length - 1] = { racks: [...last.racks, { rack, own, isCollapsed }], width };
    }
  }
  return rows;
}

function placeRacks(rows: readonly RackRow[], gap: number, width: number, top: number) {
  let y = top;
  return rows.flatMap((row) => {
    let x = (width - row.width) / 2;
    const placed = row.racks.map(({ rack, own, isCollapsed }) => {
      const layout = layOutRack(isCollapsed ? { ...rack, positions: [] } : rack, own, x, y, isCollapsed);
      x += layout.frame.width + gap;
      return { ...layout, rack, own };
    });
    y = Math.max(...placed.map(({ frame }) => bottom(frame))) + gap;
    return placed;
  });
}

/** Places the host with the BMC network beside it, and the internet router below. */
export function layOutHead(centre: number, scale: number, spines: number) {
  const host = centred(centre, MARGIN * scale, TOP.host.width * scale, TOP.host.height * scale);
  const bmcHeight = TOP.bmc.height * scale;
  const bmc: Box = {
    x: host.x + host.width + TOP.hostToBmc * scale,
    y: host.y + (host.height - bmcHeight) / 2,
    width: TOP.bmc.width * scale,
    height: bmcHeight,
  };
  const internetWidth = Math.max(TOP.internet.width * scale, (1 + spines) * PORT_STEP);
  const internetTop = bottom(host) + TOP.hostToInternet * scale;
  return { host, bmc, internet: centred(centre, internetTop, internetWidth, TOP.internet.height * scale) };
}

/** Spreads the spines over the whole width, with a margin at both ends if there is room. */
export function layOutSpines(
  count: number,
  room: number,
  top: number,
  scale: number,
  portsWidth: number,
): Box[] {
  const wanted = Math.max(TOP.spine.width * scale, portsWidth);
  const step = room / ((count + 1) * (wanted + PORT_STEP) <= room ? count + 1 : count);
  const width = Math.min(wanted, step - PORT_STEP);
  const centre = room / 2 + MARGIN;
  return Array.from({ length: count }, (_, index) =>
    centred(centre + (index - (count - 1) / 2) * step, top, width, TOP.spine.height * scale),
  );
}

/** Returns the boxes of the internet router and the spines, by name. */
export function upperBoxes(
  internet: Box,
  spines: readonly Pick<Node, "name">[],
  boxes: readonly Box[],
): [string, Box][] {
  return [
    ["internet", internet],
    ...spines.map(({ name }, index): [string, Box] => [name, boxes[index] ?? internet]),
  ];
}

/** Returns the number of a node's upper ports: those towards the host, the internet router or the spines. */
export function upperPorts(node: Node): number {
  return node.role === "leaf" ? node.ports.filter((port) => port.peer.kind === "node").length : 1;
}

/** The square of a port on the edge of a box: its middle and its maximum width. */
export interface PlugPlace extends Point {
  readonly width: number;
}

/** Returns places for `count` ports along an edge of a box, from the left. */
export function portPlaces(box: Box, count: number, edge: "top" | "bottom"): PlugPlace[] {
  const step = Math.min(PORT_STEP * 1.5, (box.width - PORT_STEP / 2) / count);
  const first = box.x + box.width / 2 - ((count - 1) / 2) * step;
  const y = edge === "top" ? box.y : bottom(box);
  const width = Math.min(PORT.width, step - 2);
  return Array.from({ length: count }, (_, index) => ({ x: first + index * step, y, width }));
}

export function bottom(box: Box): number {
  return box.y + box.height;
}

function layOutRack(rack: Rack, measures: Measures, x: number, y: number, isCollapsed: boolean): RackLayout {
  const slotsTop = y + measures.rackPadding + measures.leafHeight + (isCollapsed ? 0 : LEAF_TO_SLOTS);
  const slotStep = measures.slotHeight + measures.slotGap;
  const width = rackWidth(measures);
  const height = slotsTop - y + rack.positions.length * slotStep + RACK_LABEL_HEIGHT;
  const slots = rack.positions.map((position, index): [number, Box] => [
    position,
    {
      x: x + measures.slotInset,
      y: slotsTop + index * slotStep,
      width: width - 2 * measures.slotInset,
      height: measures.slotHeight,
    },
  ]);
  return { rack, frame: { x, y, width, height }, slots: new Map(slots) };
}

function leafBoxes(rack: Rack, measures: Measures, frame: Box): [string, Box][] {
  return rack.leaves.map((name, index) => [
    name,
    {
      x: frame.x + measures.rackPadding + index * (measures.leafWidth + measures.leafGap),
      y: frame.y + measures.rackPadding,
      width: measures.leafWidth,
      height: measures.leafHeight,
    },
  ]);
}

function centred(x: number, y: number, width: number, height: number): Box {
  return { x: x - width / 2, y, width, height };
}
