import type { Fabric, Node } from "../../../fabric/types.ts";
import { labelAs, rangeOf } from "../labels.ts";
import { spinesOfLinks } from "../link-spine.ts";
import { classOf, describeNode, drawBmcNetwork, drawBox, drawHost, type Line } from "./boxes.ts";
import { type CollapsedLayout, type CollapsedRack, layOutCollapsed } from "./collapsed-layout.ts";
import { collapsedPlaces, drawCollapsedLinks, drawTrunks } from "./collapsed-links.ts";
import { drawing } from "./drawing.ts";
import { bottom, type PlugPlace } from "./layout.ts";
import { collapsedItems, drawLegend, drawTitle } from "./legend.ts";
import { plugKey } from "./links.ts";
import { drawPlugs, drawRangePlug } from "./plugs.ts";
import { element, text } from "./xml.ts";

/**
 * Renders the topology as a picture that stays readable with many racks: a rack is a box with its two leaves, racks are
 * in rows, and each spine's links leave a common line. Tooltips have the names of every switch, port and link; links
 * to servers are omitted.
 */
export function renderCollapsedSvg(fabric: Fabric): string {
  const layout = layOutCollapsed(fabric);
  const places = collapsedPlaces(fabric, layout);
  const spines = spinesOfLinks(fabric);
  const legend = drawLegend(layout, collapsedItems(fabric));
  return drawing(fabric, layout.width, legend.bottom, [
    ...layout.racks.map(drawRack),
    ...drawTrunks(fabric, layout),
    ...drawCollapsedLinks(fabric, layout, places),
    drawHost(fabric, layout),
    drawBmcNetwork(fabric, layout),
    ...fabric.nodes.map((node) => drawNode(node, spines, layout, places)),
    drawTitle(fabric, layout),
    legend.drawing,
  ]);
}

function drawRack({ rack, frame }: CollapsedRack): string {
  const positions = rangeOf(
    rack.positions.map((position) => `U${position}`),
    "–",
  );
  return element(
    "g",
    { class: "rack" },
    element("title", {}, text(`rack ${rack.number}\n${rack.positions.length} positions for servers`)),
    element("rect", { class: "frame", ...frame, rx: 8 }),
    element(
      "text",
      { class: "name muted", style: "font-size:12px", x: frame.x + 10, y: bottom(frame) - 8 },
      text(`rack ${rack.number}`),
    ),
    element(
      "text",
      { class: "small muted end", x: frame.x + frame.width - 10, y: bottom(frame) - 8 },
      text(positions),
    ),
  );
}

function drawNode(
  node: Node,
  spines: ReadonlyMap<string, number>,
  layout: CollapsedLayout,
  places: ReadonlyMap<string, PlugPlace>,
): string {
  const box = layout.nodes.get(node.name);
  if (box === undefined) {
    return "";
  }
  const plugs = node.ports.flatMap((port) => {
    const place = places.get(plugKey(node.name, port.name));
    return place === undefined ? [] : [{ port, place, spine: spines.get(port.bridge) }];
  });
  const scale = node.role === "leaf" ? 1 : layout.scale;
  return [
    drawBox(box, scale, classOf(node), describeNode(node), linesOf(node)),
    drawPlugs(plugs),
    ...(node.role === "spine"
      ? [drawRangePlug({ x: box.x + box.width / 2, y: bottom(box) }, node.ports.slice(1), "leaves")]
      : []),
  ].join("");
}

function linesOf(node: Node): Line[] {
  return node.role === "leaf"
    ? [
        { content: node.name, style: "name", fontSize: 12 },
        { content: String(node.loopback), style: "mono", fontSize: 9 },
      ]
    : [
        { content: node.name, style: "name" },
        { content: String(node.loopback), style: "mono" },
        { content: labelAs(node), style: "small muted" },
      ];
}
