import type { Fabric, Link, Node, Rack } from "../../fabric/types.ts";
import { describeUplink, hasOwnPort } from "../../fabric/uplink.ts";
import { spineColour } from "./colours.ts";
import { drawCollapsedRacks } from "./dot-collapsed.ts";
import { escapeHtml, quote } from "./dot-text.ts";
import { labelAs, labelEnd, labelLink } from "./labels.ts";
import type { RackDetail } from "./level-of-detail.ts";
import { spinesOfLinks } from "./link-spine.ts";

/**
 * Renders the topology in Graphviz's language, with the racks in order. `dot -Tsvg` draws it.
 * @param racks whole: every link is an edge, and a rack's positions are the rows of a table; collapsed: a rack is one
 * node, with an edge to each spine.
 */
export function renderDot(fabric: Fabric, racks: RackDetail = "whole"): string {
  const isCollapsed = racks === "collapsed";
  const label = quote(`${fabric.domain}: ${fabric.prefix}`);
  // Many racks are a column: text in a row of them would be too small to be read.
  const direction = isCollapsed ? "rankdir=LR, ranksep=3, nodesep=0.1" : "ranksep=1.2, nodesep=0.4";
  const lines = [
    "graph fabric {",
    `  graph [label=${label}, labelloc=t, ${direction}, fontname="sans-serif"]`,
    '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=11]',
    '  edge [fontname="sans-serif", fontsize=8, color="#8b96ab"]',
    `  host [label=${quote(`host\n${fabric.host.address}`)}]`,
    ...outside(fabric),
    ...fabric.nodes.filter((node) => node.role !== "leaf").map((node) => `  ${nodeStatement(node)}`),
    ...linksOf(fabric, ({ kind }) => kind === "host" || kind === "internet-spine"),
    ...(isCollapsed ? drawCollapsedRacks(fabric) : drawWholeRacks(fabric)),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function drawWholeRacks(fabric: Fabric): string[] {
  return [
    ...fabric.racks.flatMap((rack) => rackCluster(fabric, rack)),
    ...keepInOrder(fabric),
    ...linksOf(fabric, ({ kind }) => kind === "spine-leaf" || kind === "server"),
  ];
}

/**
 * Returns a row of invisible nodes, each above a rack. dot orders racks so that few edges cross, and ignores edges
 * between nodes of racks for that; but it keeps the order of such a row, and each rack below its node.
 */
function keepInOrder({ nodes, racks }: Fabric): string[] {
  const spines = nodes.flatMap(({ name, role }) => (role === "spine" ? [name] : []));
  const above = ({ number }: Rack) => `above${number}`;
  return [
    `  { rank=same; ${spines.join(" -- ")} [style=invis] }`,
    ...racks.map((rack) => `  ${above(rack)} [shape=point, style=invis]`),
    `  { rank=same; ${racks.map(above).join(" -- ")} [style=invis] }`,
    ...racks.flatMap((rack) => [
      `  ${spines[0]} -- ${above(rack)} [style=invis]`,
      `  ${above(rack)} -- ${rack.leaves[0]} [style=invis]`,
    ]),
  ];
}

function linksOf(fabric: Fabric, isWanted: (link: Link) => boolean): string[] {
  const spines = spinesOfLinks(fabric);
  return fabric.links.filter(isWanted).flatMap((link) => edge(link, spines.get(link.bridge.name)));
}

/** The way out, unless it is the usual one by the host. */
function outside({ uplink, nodes }: Fabric): string[] {
  const internet = nodes.find(({ role }) => role === "internet");
  return uplink.kind === "nat" || internet === undefined
    ? []
    : [
        `  outside [label=${quote(`way out\n${describeUplink(uplink)}`)}]`,
        ...(uplink.kind === "isolated"
          ? []
          : [`  outside -- ${hasOwnPort(uplink) ? internet.name : "host"}`]),
      ];
}

function nodeStatement(node: Node): string {
  const loopbacks = [node.loopback, node.loopback6].flatMap((address) => address ?? []);
  const label = quote(`${node.name}\n${loopbacks.join("\n")}\n${labelAs(node)}`);
  const colour = node.role === "spine" ? `, color="${spineColour(node.spineNumber)}"` : "";
  return `${node.name} [label=${label}${colour}]`;
}

function rackCluster(fabric: Fabric, rack: Rack): string[] {
  const leaves = fabric.nodes.filter((node) => rack.leaves.includes(node.name));
  return [
    `  subgraph cluster_rack${rack.number} {`,
    `    label=${quote(`rack ${rack.number}`)}; labelloc=b; style="rounded,filled"; color="#ccd3df"; fillcolor="#f3f5f9"`,
    ...leaves.map((leaf) => `    ${nodeStatement(leaf)}`),
    `    ${serverTable(fabric, rack)}`,
    "  }",
  ];
}

/** Returns a row for each position, with a port for each of its two NICs. */
function serverTable(fabric: Fabric, rack: Rack): string {
  const taps = new Map(
    fabric.links.flatMap((link) =>
      link.interfaces.flatMap(({ name, end }): [string, string][] =>
        end.kind === "server" && end.rack === rack.number ? [[portOf(end.position, end.nic), name]] : [],
      ),
    ),
  );
  const cell = (position: number, nic: 1 | 2) => {
    const port = portOf(position, nic);
    return `<td port="${port}">${escapeHtml(taps.get(port) ?? "")}</td>`;
  };
  const rows = rack.positions.map(
    (position) => `<tr>${cell(position, 1)}<td>U${position}</td>${cell(position, 2)}</tr>`,
  );
  const table = `<table border="0" cellborder="1" cellspacing="0" cellpadding="4">${rows.join("")}</table>`;
  return `${serversOf(rack.number)} [shape=plain, label=<${table}>]`;
}

function edge(link: Link, spine: number | undefined): string[] {
  const [from, to] = link.interfaces.map(({ end }) => endpoint(end));
  if (from === undefined || to === undefined) {
    return [];
  }
  const tooltip = quote([labelLink(link), ...link.interfaces.map(({ end }) => labelEnd(end))].join("\n"));
  const label = link.kind === "server" ? "" : `, label=${quote(link.bridge.name)}`;
  const colour = spine === undefined ? "" : `, color="${spineColour(spine)}", penwidth=1.5`;
  // The invisible row places the racks; if these edges did as well, dot would still change their order.
  const freedom = link.kind === "spine-leaf" ? ", constraint=false" : "";
  return [`  ${from} -- ${to} [tooltip=${tooltip}${label}${colour}${freedom}]`];
}

/** Links enter a table from outside: those of the left leaf from the left. */
function endpoint(end: Link["interfaces"][number]["end"]): string {
  switch (end.kind) {
    case "host":
      return "host";
    case "node":
      return end.node;
    case "server":
      return `${serversOf(end.rack)}:${portOf(end.position, end.nic)}:${end.nic === 1 ? "w" : "e"}`;
  }
}

function serversOf(rack: number): string {
  return `servers${rack}`;
}

function portOf(position: number, nic: 1 | 2): string {
  return `u${position}n${nic}`;
}
