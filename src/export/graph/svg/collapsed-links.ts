import type { Fabric, Link, LinkEnd, Node, SpineNode } from "../../../fabric/types.ts";
import { spinesOfLinks } from "../link-spine.ts";
import type { CollapsedLayout } from "./collapsed-layout.ts";
import { bottom, type PlugPlace, type Point, portPlaces, upperPorts } from "./layout.ts";
import { bmcPath, curve, drawPath, plugKey } from "./links.ts";
import { element, round, text } from "./xml.ts";

/** Returns the places of the ports that are drawn, by node and port: all but those to servers, and of spines to leaves. */
export function collapsedPlaces(fabric: Fabric, layout: CollapsedLayout): ReadonlyMap<string, PlugPlace> {
  return new Map(fabric.nodes.flatMap((node) => placesOf(node, layout)));
}

function placesOf(node: Node, layout: CollapsedLayout): [string, PlugPlace][] {
  const box = layout.nodes.get(node.name);
  if (box === undefined) {
    return [];
  }
  const upper = upperPorts(node);
  const below = node.role === "internet" ? node.ports.length - upper : 0;
  const places = [...portPlaces(box, upper, "top"), ...portPlaces(box, below, "bottom")];
  return node.ports.flatMap(({ name }, index): [string, PlugPlace][] => {
    const place = places[index];
    return place === undefined ? [] : [[plugKey(node.name, name), place]];
  });
}

/** Draws the lines from the spines down to their rails, one above each row of racks. */
export function drawTrunks(fabric: Fabric, layout: CollapsedLayout): string[] {
  return fabric.nodes.flatMap((node) => (node.role === "spine" ? [drawTrunk(node, layout)] : []));
}

function drawTrunk(spine: SpineNode, layout: CollapsedLayout): string {
  const box = layout.nodes.get(spine.name);
  const trunk = layout.trunks[spine.spineNumber - 1];
  if (box === undefined || trunk === undefined) {
    return "";
  }
  const rails = layout.rows.map(({ rails, right }) => ({ y: rails[spine.spineNumber - 1] ?? 0, right }));
  const foot = rails.at(-1)?.y ?? trunk.turn;
  const paths = [
    `M${round(box.x + box.width / 2)} ${round(bottom(box))}V${round(trunk.turn)}H${round(trunk.x)}V${round(foot)}`,
    ...rails.map(({ y, right }) => `M${round(trunk.x)} ${round(y)}H${round(right)}`),
  ];
  return element(
    "g",
    { class: `trunk node-link s${spine.spineNumber}` },
    element("title", {}, text(`${spine.name}: ${spine.ports.length - 1} links to leaves`)),
    element("path", { class: "line", d: paths.join("") }),
  );
}

/** Draws the links between switches, the host's and that of the BMCs. A leaf's links begin at the rails of its row. */
export function drawCollapsedLinks(
  fabric: Fabric,
  layout: CollapsedLayout,
  places: ReadonlyMap<string, PlugPlace>,
): string[] {
  const spines = spinesOfLinks(fabric);
  const rails = railsOfLeaves(layout);
  return fabric.links.flatMap((link) => {
    const spine = spines.get(link.bridge.name);
    const path = pathOf(link, layout, places, (leaf) => rails.get(leaf)?.[(spine ?? 1) - 1]);
    return path === undefined ? [] : [drawPath(link, spine, path)];
  });
}

function railsOfLeaves({ racks, rows }: CollapsedLayout): ReadonlyMap<string, readonly number[]> {
  return new Map(
    racks.flatMap(({ rack, row }) => rack.leaves.map((leaf) => [leaf, rows[row]?.rails ?? []] as const)),
  );
}

function pathOf(
  link: Link,
  layout: CollapsedLayout,
  places: ReadonlyMap<string, PlugPlace>,
  railOf: (leaf: string) => number | undefined,
): string | undefined {
  const [first, second] = link.interfaces.map(({ end }) => end);
  const from = placeOf(first, layout, places);
  const to = placeOf(second, layout, places);
  switch (link.kind) {
    case "host":
    case "internet-spine":
      return from && to && curve(from, to);
    case "spine-leaf": {
      const rail = second?.kind === "node" ? railOf(second.node) : undefined;
      return to && rail !== undefined ? `M${round(to.x)} ${round(rail)}V${round(to.y)}` : undefined;
    }
    case "bmc":
      return bmcPath(layout);
    case "server":
      return undefined;
  }
}

function placeOf(
  end: LinkEnd | undefined,
  { host }: CollapsedLayout,
  places: ReadonlyMap<string, PlugPlace>,
): Point | undefined {
  switch (end?.kind) {
    case "host":
      return { x: host.x + host.width / 2, y: bottom(host) };
    case "node":
      return places.get(plugKey(end.node, end.port));
    default:
      return undefined;
  }
}
