import type { Fabric, LeafNode, Node, Wire } from "../../../fabric/types.ts";
import { labelEnd } from "../labels.ts";
import { spinesOfWires } from "../wire-spine.ts";
import { bottom, type Layout, type PlugPlace, type Point, portPlaces, upperPorts } from "./layout.ts";
import { element, round, text } from "./xml.ts";

/** Every wire as a path of its own, coloured by its spine, with its names where the pointer is. */
export function drawWires(fabric: Fabric, layout: Layout): string {
  const places = plugPlaces(fabric, layout);
  const spines = spinesOfWires(fabric);
  return fabric.wires.map((wire) => drawWire(layout, places, wire, spines.get(wire.bridge.name))).join("\n");
}

/** Where every port is, by node and port name. All server ports of a leaf share a place. */
export function plugPlaces(fabric: Fabric, layout: Layout): ReadonlyMap<string, PlugPlace> {
  return new Map(fabric.nodes.flatMap((node) => placesOf(node, layout)));
}

export function plugKey(node: string, port: string): string {
  return `${node} ${port}`;
}

/** `ikst12 – iksb12 – iklt11` and where each end is. */
export function describeWire(wire: Wire): string {
  const ends = wire.interfaces.map((end) => `${end.name}: ${labelEnd(end.end)}`);
  return [`bridge ${wire.bridge.name}`, ...ends, `MTU ${wire.bridge.mtu}`].join("\n");
}

function placesOf(node: Node, layout: Layout): [string, PlugPlace][] {
  const box = layout.nodes.get(node.name);
  if (box === undefined) {
    return [];
  }
  const upper = upperPorts(node);
  const top = portPlaces(box, upper, "top");
  const below = node.ports.length - upper;
  // All servers of a leaf are wired from one place, from which the wires go down beside the rack's slots.
  const foot =
    node.role === "leaf"
      ? node.ports.slice(upper).map(() => leafFoot(node, layout))
      : portPlaces(box, below, "bottom");
  return node.ports.map((port, index) => [
    plugKey(node.name, port.name),
    [...top, ...foot][index] ?? { x: box.x, y: box.y, width: 0 },
  ]);
}

/** At the leaf's outer corner, from which wires go down between the rack's frame and its slots. */
function leafFoot(node: LeafNode, layout: Layout): PlugPlace {
  const box = layout.nodes.get(node.name);
  if (box === undefined) {
    throw new Error(`${node.name} is in no rack`);
  }
  return { x: node.side === 1 ? box.x + FOOT : box.x + box.width - FOOT, y: bottom(box), width: 0 };
}

/** From a leaf's corner to the middle of the plate of its server ports. */
const FOOT = 22;

function drawWire(
  layout: Layout,
  places: ReadonlyMap<string, PlugPlace>,
  wire: Wire,
  spine: number | undefined,
): string {
  const path = pathOf(layout, places, wire);
  const classes = ["wire", CLASSES[wire.kind], spine === undefined ? "" : `s${spine}`]
    .filter(Boolean)
    .join(" ");
  return element(
    "g",
    { class: classes },
    element("title", {}, text(describeWire(wire))),
    element("path", { class: "hit", d: path }),
    element("path", { class: "line", d: path }),
  );
}

const CLASSES: Readonly<Record<Wire["kind"], string>> = {
  host: "host-wire",
  "internet-spine": "node-wire",
  "spine-leaf": "node-wire",
  server: "server-wire",
  bmc: "bmc-wire",
};

function pathOf(layout: Layout, places: ReadonlyMap<string, PlugPlace>, wire: Wire): string {
  const [from, to] = wire.interfaces.map(({ end }) => endPoint(layout, places, end));
  switch (wire.kind) {
    case "host":
    case "internet-spine":
    case "spine-leaf":
      return from && to ? curve(from, to) : "";
    case "server":
      return from && to ? rail(from, to) : "";
    case "bmc": {
      const y = layout.host.y + layout.host.height / 2;
      return `M${round(layout.host.x + layout.host.width)} ${round(y)}H${round(layout.bmc.x)}`;
    }
  }
}

function endPoint(
  layout: Layout,
  places: ReadonlyMap<string, PlugPlace>,
  end: Wire["interfaces"][number]["end"],
): Point | undefined {
  switch (end.kind) {
    case "host":
      return { x: layout.host.x + layout.host.width / 2, y: bottom(layout.host) };
    case "node":
      return places.get(plugKey(end.node, end.port));
    case "server": {
      const slot = layout.racks[end.rack - 1]?.slots.get(end.position);
      return slot && { x: end.nic === 1 ? slot.x : slot.x + slot.width, y: slot.y + slot.height / 2 };
    }
  }
}

/** Leaves and arrives straight down. */
function curve(from: Point, to: Point): string {
  const bend = (to.y - from.y) * 0.55;
  return `M${at(from)}C${at({ x: from.x, y: from.y + bend })} ${at({ x: to.x, y: to.y - bend })} ${at(to)}`;
}

/** Straight down, then sideways around a corner. */
function rail(from: Point, to: Point): string {
  const radius = 6;
  const corner = { x: from.x, y: to.y };
  const after = from.x + Math.sign(to.x - from.x) * radius;
  return `M${at(from)}V${round(to.y - radius)}Q${at(corner)} ${round(after)} ${round(to.y)}H${round(to.x)}`;
}

function at(point: Point): string {
  return `${round(point.x)} ${round(point.y)}`;
}
