import type { Fabric, Link, Node, Rack } from "../../fabric/types.ts";
import { describeUplink, hasOwnPort } from "../../fabric/uplink.ts";
import { spineColour } from "./colours.ts";
import { labelEnd, labelLink } from "./labels.ts";
import { spinesOfLinks } from "./link-spine.ts";

/**
 * Renders the topology in Graphviz's language: every link is an edge, and a rack's positions are the rows of a table.
 * `dot -Tsvg` draws it.
 */
export function renderDot(fabric: Fabric): string {
  const spines = spinesOfLinks(fabric);
  const lines = [
    "graph fabric {",
    `  graph [label=${quote(`${fabric.domain}: ${fabric.prefix}`)}, labelloc=t, ranksep=1.2, nodesep=0.4, fontname="sans-serif"]`,
    '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=11]',
    '  edge [fontname="sans-serif", fontsize=8, color="#8b96ab"]',
    `  host [label=${quote(`host\n${fabric.host.address}`)}]`,
    ...outside(fabric),
    ...fabric.nodes.filter((node) => node.role !== "leaf").map((node) => `  ${nodeStatement(node)}`),
    ...fabric.racks.flatMap((rack) => rackCluster(fabric, rack)),
    ...fabric.links.flatMap((link) => edge(link, spines.get(link.bridge.name))),
    "}",
  ];
  return `${lines.join("\n")}\n`;
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
  const label = quote(`${node.name}\n${loopbacks.join("\n")}\nAS ${node.asn}`);
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
  return [`  ${from} -- ${to} [tooltip=${tooltip}${label}${colour}]`];
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

/** Returns a quoted string; \n in it is a line break in the drawing. */
function quote(content: string): string {
  return `"${content.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function escapeHtml(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
