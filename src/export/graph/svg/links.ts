import type { Fabric, LeafNode, Link, Node } from "../../../fabric/types.ts";
import { labelEnd } from "../labels.ts";
import { spinesOfLinks } from "../link-spine.ts";
import { bottom, type Layout, type PlugPlace, type Point, portPlaces, upperPorts } from "./layout.ts";
import { element, round, text } from "./xml.ts";

/** Draws every link as a path of its own, coloured by its spine, with its names as a tooltip. */
export function drawLinks(fabric: Fabric, layout: Layout): string {
  const places = plugPlaces(fabric, layout);
  const spines = spinesOfLinks(fabric);
  return fabric.links.map((link) => drawLink(layout, places, link, spines.get(link.bridge.name))).join("\n");
}

/** Returns the line of each link, by its bridge; links whose ends are not drawn have none. */
export function linkLines(fabric: Fabric, layout: Layout): ReadonlyMap<string, string> {
  const places = plugPlaces(fabric, layout);
  return new Map(
    fabric.links
      .map((link): [string, string] => [link.bridge.name, pathOf(layout, places, link)])
      .filter(([, line]) => line !== ""),
  );
}

/** Returns the place of every port, by node and port name. All server ports of a leaf share a place. */
export function plugPlaces(fabric: Fabric, layout: Layout): ReadonlyMap<string, PlugPlace> {
  return new Map(fabric.nodes.flatMap((node) => placesOf(node, layout)));
}

/** Names a port of a switch among all. */
export function plugKey(node: string, port: string): string {
  return `${node} ${port}`;
}

/** Returns `ikst12 – iksb12 – iklt11` and the names of the ends. */
export function describeLink(link: Link): string {
  const ends = link.interfaces.map((end) => `${end.name}: ${labelEnd(end.end)}`);
  return [`bridge ${link.bridge.name}`, ...ends, `MTU ${link.bridge.mtu}`].join("\n");
}

function placesOf(node: Node, layout: Layout): [string, PlugPlace][] {
  const box = layout.nodes.get(node.name);
  if (box === undefined) {
    return [];
  }
  const upper = upperPorts(node);
  const top = portPlaces(box, upper, "top");
  const below = node.ports.length - upper;
  // All server links of a leaf start at one place, from which they run down beside the rack's slots.
  const foot =
    node.role === "leaf"
      ? node.ports.slice(upper).map(() => leafFoot(node, layout))
      : portPlaces(box, below, "bottom");
  return node.ports.map((port, index) => [
    plugKey(node.name, port.name),
    [...top, ...foot][index] ?? { x: box.x, y: box.y, width: 0 },
  ]);
}

/** A place at the leaf's outer corner, from which links run down between the rack's frame and its slots. */
function leafFoot(node: LeafNode, layout: Layout): PlugPlace {
  const box = layout.nodes.get(node.name);
  if (box === undefined) {
    throw new Error(`${node.name} is in no rack`);
  }
  return { x: node.side === 1 ? box.x + FOOT : box.x + box.width - FOOT, y: bottom(box), width: 0 };
}

/** Distance from a leaf's corner to the middle of its plate of server ports. */
const FOOT = 22;

function drawLink(
  layout: Layout,
  places: ReadonlyMap<string, PlugPlace>,
  link: Link,
  spine: number | undefined,
): string {
  return drawPath(link, spine, pathOf(layout, places, link));
}

/** Draws a link as this path, with its names as a tooltip. */
export function drawPath(link: Link, spine: number | undefined, path: string): string {
  const classes = ["link", CLASSES[link.kind], spine === undefined ? "" : `s${spine}`]
    .filter(Boolean)
    .join(" ");
  return element(
    "g",
    { class: classes },
    element("title", {}, text(describeLink(link))),
    element("path", { class: "hit", d: path }),
    element("path", { class: "line", d: path }),
  );
}

const CLASSES: Readonly<Record<Link["kind"], string>> = {
  host: "host-link",
  "internet-spine": "node-link",
  "spine-leaf": "node-link",
  server: "server-link",
  bmc: "bmc-link",
};

function pathOf(layout: Layout, places: ReadonlyMap<string, PlugPlace>, link: Link): string {
  const [from, to] = link.interfaces.map(({ end }) => endPoint(layout, places, end));
  switch (link.kind) {
    case "host":
    case "internet-spine":
    case "spine-leaf":
      return from && to ? curve(from, to) : "";
    case "server":
      return from && to ? rail(from, to) : "";
    case "bmc":
      return bmcPath(layout);
  }
}

function endPoint(
  layout: Layout,
  places: ReadonlyMap<string, PlugPlace>,
  end: Link["interfaces"][number]["end"],
): Point | undefined {
  switch (end.kind) {
    case "host":
      return { x: layout.host.x + layout.host.width / 2, y: bottom(layout.host) };
    case "node":
      return places.get(plugKey(end.node, end.port));
    case "server": {
      const slot = layout.racks.find(({ rack }) => rack.number === end.rack)?.slots.get(end.position);
      return slot && { x: end.nic === 1 ? slot.x : slot.x + slot.width, y: slot.y + slot.height / 2 };
    }
  }
}

/** Returns the line from the host to the network of the BMCs. */
export function bmcPath({ host, bmc }: Pick<Layout, "host" | "bmc">): string {
  return `M${round(host.x + host.width)} ${round(host.y + host.height / 2)}H${round(bmc.x)}`;
}

/** Returns a curve that is vertical at both ends. */
export function curve(from: Point, to: Point): string {
  const bend = (to.y - from.y) * 0.55;
  return `M${at(from)}C${at({ x: from.x, y: from.y + bend })} ${at({ x: to.x, y: to.y - bend })} ${at(to)}`;
}

/** A line straight down, then sideways around a corner. */
function rail(from: Point, to: Point): string {
  const radius = 6;
  const corner = { x: from.x, y: to.y };
  const after = from.x + Math.sign(to.x - from.x) * radius;
  return `M${at(from)}V${round(to.y - radius)}Q${at(corner)} ${round(after)} ${round(to.y)}H${round(to.x)}`;
}

function at(point: Point): string {
  return `${round(point.x)} ${round(point.y)}`;
}
