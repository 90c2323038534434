import type { Fabric, Node, Rack } from "../../fabric/types.ts";
import { spineColour } from "./colours.ts";
import { nodesOf, spinesOfWires } from "./wire-spine.ts";

/** Mermaid refuses more links than this, and lets only the page that it is part of change it (maxEdges). */
const MAX_LINKS = 500;

/**
 * The topology as a Mermaid flowchart, for instance for a Markdown page. A rack's servers are one box, with one
 * link to each leaf.
 */
export function renderMermaid(fabric: Fabric): string {
  const links = linksOf(fabric);
  const note =
    links.length > MAX_LINKS
      ? [`%% ${links.length} links. Mermaid draws ${MAX_LINKS} unless the page raises its maxEdges.`]
      : [];
  const lines = [
    "flowchart TB",
    ...note,
    box("host", ["host", String(fabric.host.address)]),
    ...fabric.nodes.filter((node) => node.role !== "leaf").map(nodeBox),
    ...fabric.racks.flatMap((rack) => rackGroup(fabric, rack)),
    ...links.map((link) => `${link.from} ---|${quote([link.label])}| ${link.to}`),
    ...linkColours(links),
  ];
  return `${lines.map((line, index) => (index === 0 ? line : `  ${line}`)).join("\n")}\n`;
}

interface Link {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly spine: number | undefined;
}

function linksOf(fabric: Fabric): Link[] {
  const spines = spinesOfWires(fabric);
  return fabric.wires
    .flatMap((wire): Link[] => {
      const [first, second] = nodesOf(wire);
      const spine = spines.get(wire.bridge.name);
      if (wire.kind === "host" && first !== undefined) {
        return [{ from: "host", to: first, label: wire.bridge.name, spine }];
      }
      return first === undefined || second === undefined
        ? []
        : [{ from: first, to: second, label: wire.bridge.name, spine }];
    })
    .concat(fabric.racks.flatMap((rack) => serverLinks(fabric, rack)));
}

/** One link for all wires between a leaf and its servers. */
function serverLinks(fabric: Fabric, rack: Rack): Link[] {
  return rack.leaves.map((leaf) => {
    const bridges = bridgesToServers(fabric, leaf);
    return { from: leaf, to: serversOf(rack), label: range(bridges), spine: undefined };
  });
}

function bridgesToServers(fabric: Fabric, leaf: string): string[] {
  const node = fabric.nodes.find(({ name }) => name === leaf);
  return (node?.ports ?? []).filter((port) => port.peer.kind === "server").map((port) => port.bridge);
}

function nodeBox(node: Node): string {
  return box(node.name, [node.name, String(node.loopback), `AS ${node.asn}`]);
}

function rackGroup(fabric: Fabric, rack: Rack): string[] {
  const leaves = fabric.nodes.filter((node) => rack.leaves.includes(node.name));
  return [
    `subgraph rack${rack.number} [${quote([`rack ${rack.number}`])}]`,
    ...leaves.map((leaf) => `  ${nodeBox(leaf)}`),
    `  ${box(serversOf(rack), ["servers", range(rack.positions.map((position) => `U${position}`))])}`,
    "end",
  ];
}

function serversOf(rack: Rack): string {
  return `servers${rack.number}`;
}

function linkColours(links: readonly Link[]): string[] {
  const spines = [...new Set(links.flatMap((link) => link.spine ?? []))];
  return spines.map((spine) => {
    const indexes = links.flatMap((link, index) => (link.spine === spine ? [index] : []));
    return `linkStyle ${indexes.join(",")} stroke:${spineColour(spine)},stroke-width:2px`;
  });
}

function range(names: readonly string[]): string {
  return names.length > 1 ? `${names.at(0)} … ${names.at(-1)}` : names.join("");
}

function box(id: string, lines: readonly string[]): string {
  return `${id}[${quote(lines)}]`;
}

/** Mermaid has its own entities, with # for &, and takes HTML's line break. */
function quote(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll(/[#"<>&]/g, (char) => `#${char.charCodeAt(0)};`)).join("<br/>")}"`;
}
