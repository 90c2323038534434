import type { Fabric } from "../../../fabric/types.ts";
import { describeUplink } from "../../../fabric/uplink.ts";
import { labelLink } from "../labels.ts";
import { bottom, type Layout } from "./layout.ts";
import { MARGIN } from "./measures.ts";
import { element, round, text } from "./xml.ts";

/** The parts of a layout that title and legend depend on. */
export type Head = Pick<Layout, "scale" | "width" | "height" | "host">;

export interface Legend {
  readonly drawing: string;
  /** Lower end of the picture. */
  readonly bottom: number;
}

const ROW = 22;
const SWATCH = 22;
const GAP = 20;

/** Draws the meanings of colours and squares, in as many rows below the racks as the width requires. */
export function drawLegend(layout: Head, items: readonly Item[]): Legend {
  const { scale } = layout;
  const width = (layout.width - 2 * MARGIN) / scale;
  let x = 0;
  let y = 0;
  const drawings = items.map(({ classes, mark, label }) => {
    const itemWidth = SWATCH + 8 + estimateWidth(label);
    if (x > 0 && x + itemWidth > width) {
      x = 0;
      y += ROW;
    }
    const drawing = element(
      "g",
      { class: classes },
      mark(x, y - 4),
      element("text", { class: "small muted", x: x + SWATCH + 8, y }, text(label)),
    );
    x += itemWidth + GAP;
    return drawing;
  });
  const top = layout.height + MARGIN * scale;
  return {
    drawing: element("g", { transform: place(MARGIN, top, scale) }, ...drawings),
    bottom: top + y * scale + MARGIN,
  };
}

/** Draws the title at the top left. */
export function drawTitle(fabric: Fabric, layout: Head): string {
  const leaves = fabric.nodes.filter((node) => node.role === "leaf").length;
  const spines = fabric.nodes.filter((node) => node.role === "spine").length;
  const positions = fabric.racks.reduce((sum, rack) => sum + rack.positions.length, 0);
  const lines = [
    `${count(fabric.racks.length, "rack")} · ${count(leaves, "leaf", "leaves")} · ${count(spines, "spine")}`,
    `${count(positions, "position")} for servers, two links each`,
    `${fabric.prefix} · MTU ${fabric.mtu}`,
    ...(fabric.uplink.kind === "nat" ? [] : [`way out: ${describeUplink(fabric.uplink)}`]),
  ];
  return [
    element(
      "g",
      { transform: place(MARGIN, layout.host.y, layout.scale) },
      drawName(fabric.domain, (layout.host.x - 2 * MARGIN) / layout.scale),
      ...lines.map((line, index) =>
        element("text", { class: "muted", x: 0, y: 50 + index * 19 }, text(line)),
      ),
    ),
    hostLinkNames(fabric, layout),
  ].join("\n");
}

/** Draws the name as large as fits beside the host; it is truncated if even the smallest size does not fit. */
function drawName(name: string, room: number): string {
  const size = Math.max(11, Math.min(28, room / (name.length * 0.62)));
  const fits = Math.floor(room / (size * 0.62));
  const shown = name.length > fits ? `${name.slice(0, fits - 1)}…` : name;
  return element("text", { class: "title", x: 0, y: 24, style: `font-size:${round(size)}px` }, text(shown));
}

/** The link between host and internet router is the only one with room beside it for its names. */
function hostLinkNames(fabric: Fabric, layout: Head): string {
  const link = fabric.links.find(({ kind }) => kind === "host");
  const label = link === undefined ? "" : `${labelLink(link)}, ${fabric.host.gateway}`;
  const x = layout.host.x + layout.host.width / 2 + 14;
  const y = bottom(layout.host) + 30 * layout.scale;
  return element(
    "g",
    { transform: place(x, y, layout.scale) },
    element("text", { class: "mono small muted", x: 0, y: 0 }, text(label)),
  );
}

function place(x: number, y: number, scale: number): string {
  return `translate(${round(x)} ${round(y)}) scale(${round(scale)})`;
}

/** An entry of the legend: a mark and its meaning. */
export interface Item {
  readonly classes: string;
  readonly mark: (x: number, y: number) => string;
  readonly label: string;
}

/** Returns a line for each spine, in its colour. */
function spineItems(fabric: Fabric): Item[] {
  const spines = fabric.nodes.filter((node) => node.role === "spine");
  return spines.map((spine) => ({
    classes: `link node-link s${spine.spineNumber}`,
    mark: drawLine,
    label: spine.name,
  }));
}

/** Returns the legend of a picture in which racks are whole. */
export function legendItems(fabric: Fabric): Item[] {
  return [
    ...spineItems(fabric),
    {
      classes: "link server-link",
      mark: drawLine,
      label: `links to servers: BGP on VLAN ${fabric.serverAccess.vlan}, DHCP untagged`,
    },
    ...commonItems(),
    { classes: "server", mark: drawSlot, label: "server position and its taps" },
  ];
}

function commonItems(): Item[] {
  return [
    { classes: "link bmc-link", mark: drawLine, label: "management" },
    { classes: "up", mark: drawSquare, label: "port: 1 is ens4, 2 is ens5, and so on" },
  ];
}

/** Returns the legend of a picture in which racks are collapsed. */
export function collapsedItems(fabric: Fabric): Item[] {
  const label = "link of a spine to each leaf; point at it for its names";
  return [...spineItems(fabric), { classes: "link", mark: drawLine, label }, ...commonItems()];
}

function drawLine(x: number, y: number): string {
  return element("path", { class: "line", d: `M${x} ${y}h${SWATCH}` });
}

function drawSquare(x: number, y: number): string {
  return [
    element("rect", { class: "plug", x: x + 4, y: y - 6, width: 15, height: 12, rx: 3 }),
    element("text", { class: "number", x: x + 11.5, y: y + 3 }, "1"),
  ].join("");
}

function drawSlot(x: number, y: number): string {
  return element("rect", { class: "slot", x, y: y - 6, width: SWATCH, height: 12, rx: 4 });
}

/** Estimates for a wide font, since the viewer's font is unknown. */
function estimateWidth(label: string): number {
  return label.length * 5.7;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
