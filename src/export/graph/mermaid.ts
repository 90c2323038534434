import type { Fabric, Link, Node, Rack } from "../../fabric/types.ts";
import { describeUplink, hasOwnPort } from "../../fabric/uplink.ts";
import { bundlesOf } from "./bundles.ts";
import { spineColour } from "./colours.ts";
import { labelAs, rangeOf } from "./labels.ts";
import type { RackDetail } from "./level-of-detail.ts";
import { nodesOf, spinesOfLinks } from "./link-spine.ts";

/** Mermaid rejects more links than this; only the page that embeds it can change the limit (maxEdges). */
const MAX_EDGES = 500;

/**
 * Renders the topology as a Mermaid flowchart, for example for a Markdown page.
 * @param racks whole: a rack's servers are one box, with one link to each leaf; collapsed: a rack is one box, with one
 * link to each spine.
 */
export function renderMermaid(fabric: Fabric, racks: RackDetail = "whole"): string {
  const isCollapsed = racks === "collapsed";
  const edges = [...edgesAbove(fabric), ...(isCollapsed ? bundledEdges(fabric) : rackEdges(fabric))];
  const note =
    edges.length > MAX_EDGES
      ? [`%% ${edges.length} links. Mermaid draws ${MAX_EDGES} unless the page raises its maxEdges.`]
      : [];
  const lines = [
    "flowchart TB",
    ...note,
    box("host", ["host", String(fabric.host.address)]),
    ...outside(fabric),
    ...fabric.nodes.filter((node) => node.role !== "leaf").map(nodeBox),
    ...fabric.racks.flatMap((rack) => (isCollapsed ? rackBox(rack) : rackGroup(fabric, rack))),
    ...edges.map((edge) => `${edge.from} ---|${quote([edge.label])}| ${edge.to}`),
    ...edgeColours(edges),
  ];
  return `${lines.map((line, index) => (index === 0 ? line : `  ${line}`)).join("\n")}\n`;
}

/** The way out, unless it is the usual one by the host. */
function outside({ uplink, nodes }: Fabric): string[] {
  const internet = nodes.find(({ role }) => role === "internet");
  return uplink.kind === "nat" || internet === undefined
    ? []
    : [
        box("outside", ["way out", describeUplink(uplink)]),
        ...(uplink.kind === "isolated" ? [] : [`outside --- ${hasOwnPort(uplink) ? internet.name : "host"}`]),
      ];
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly spine: number | undefined;
}

/** The host's link, and those of the internet router. */
function edgesAbove(fabric: Fabric): Edge[] {
  const spines = spinesOfLinks(fabric);
  return fabric.links.flatMap((link): Edge[] => {
    const [first] = nodesOf(link);
    return link.kind === "host" && first !== undefined
      ? [{ from: "host", to: first, label: link.bridge.name, spine: undefined }]
      : link.kind === "internet-spine"
        ? edgeOf(link, spines)
        : [];
  });
}

/** The links of leaves. */
function rackEdges(fabric: Fabric): Edge[] {
  const spines = spinesOfLinks(fabric);
  return [
    ...fabric.links.flatMap((link) => (link.kind === "spine-leaf" ? edgeOf(link, spines) : [])),
    ...fabric.racks.flatMap((rack) => serverEdges(fabric, rack)),
  ];
}

function bundledEdges(fabric: Fabric): Edge[] {
  return bundlesOf(fabric).map(({ rack, spine, links }) => ({
    from: spine.name,
    to: nameOfRack(rack),
    label: rangeOf(links.map(({ bridge }) => bridge.name)),
    spine: spine.spineNumber,
  }));
}

function edgeOf(link: Link, spines: ReadonlyMap<string, number>): Edge[] {
  const [from, to] = nodesOf(link);
  const spine = spines.get(link.bridge.name);
  return from === undefined || to === undefined ? [] : [{ from, to, label: link.bridge.name, spine }];
}

/** Returns one edge for all links between a leaf and its servers. */
function serverEdges(fabric: Fabric, rack: Rack): Edge[] {
  return rack.leaves.map((leaf) => {
    const bridges = bridgesToServers(fabric, leaf);
    return { from: leaf, to: serversOf(rack), label: rangeOf(bridges), spine: undefined };
  });
}

function bridgesToServers(fabric: Fabric, leaf: string): string[] {
  const node = fabric.nodes.find(({ name }) => name === leaf);
  return (node?.ports ?? []).filter((port) => port.peer.kind === "server").map((port) => port.bridge);
}

function nodeBox(node: Node): string {
  const loopbacks = [node.loopback, node.loopback6].flatMap((address) => address ?? []);
  return box(node.name, [node.name, ...loopbacks.map(String), labelAs(node)]);
}

function rackGroup(fabric: Fabric, rack: Rack): string[] {
  const leaves = fabric.nodes.filter((node) => rack.leaves.includes(node.name));
  return [
    `subgraph ${nameOfRack(rack)} [${quote([`rack ${rack.number}`])}]`,
    ...leaves.map((leaf) => `  ${nodeBox(leaf)}`),
    `  ${box(serversOf(rack), ["servers", rangeOf(rack.positions.map((position) => `U${position}`))])}`,
    "end",
  ];
}

function rackBox(rack: Rack): string[] {
  const positions = rangeOf(rack.positions.map((position) => `U${position}`));
  return [box(nameOfRack(rack), [`rack ${rack.number}`, rack.leaves.join(", "), positions])];
}

function nameOfRack(rack: Rack): string {
  return `rack${rack.number}`;
}

function serversOf(rack: Rack): string {
  return `servers${rack.number}`;
}

function edgeColours(edges: readonly Edge[]): string[] {
  const spines = [...new Set(edges.flatMap((edge) => edge.spine ?? []))];
  return spines.map((spine) => {
    const indexes = edges.flatMap((edge, index) => (edge.spine === spine ? [index] : []));
    return `linkStyle ${indexes.join(",")} stroke:${spineColour(spine)},stroke-width:2px`;
  });
}

function box(id: string, lines: readonly string[]): string {
  return `${id}[${quote(lines)}]`;
}

/** Mermaid has its own entities, with # instead of &, and accepts HTML's line break. */
function quote(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll(/[#"<>&]/g, (char) => `#${char.charCodeAt(0)};`)).join("<br/>")}"`;
}
