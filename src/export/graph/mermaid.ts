import type { Fabric, Node, Rack } from "../../fabric/types.ts";
import { describeUplink, hasOwnPort } from "../../fabric/uplink.ts";
import { spineColour } from "./colours.ts";
import { nodesOf, spinesOfLinks } from "./link-spine.ts";

/** Mermaid rejects more links than this; only the page that embeds it can change the limit (maxEdges). */
const MAX_EDGES = 500;

/**
 * Renders the topology as a Mermaid flowchart, for example for a Markdown page. A rack's servers are one box, with one
 * link to each leaf.
 */
export function renderMermaid(fabric: Fabric): string {
  const edges = edgesOf(fabric);
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
    ...fabric.racks.flatMap((rack) => rackGroup(fabric, rack)),
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

function edgesOf(fabric: Fabric): Edge[] {
  const spines = spinesOfLinks(fabric);
  return fabric.links
    .flatMap((link): Edge[] => {
      const [first, second] = nodesOf(link);
      const spine = spines.get(link.bridge.name);
      if (link.kind === "host" && first !== undefined) {
        return [{ from: "host", to: first, label: link.bridge.name, spine }];
      }
      return first === undefined || second === undefined
        ? []
        : [{ from: first, to: second, label: link.bridge.name, spine }];
    })
    .concat(fabric.racks.flatMap((rack) => serverEdges(fabric, rack)));
}

/** Returns one edge for all links between a leaf and its servers. */
function serverEdges(fabric: Fabric, rack: Rack): Edge[] {
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
  const loopbacks = [node.loopback, node.loopback6].flatMap((address) => address ?? []);
  return box(node.name, [node.name, ...loopbacks.map(String), `AS ${node.asn}`]);
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

function edgeColours(edges: readonly Edge[]): string[] {
  const spines = [...new Set(edges.flatMap((edge) => edge.spine ?? []))];
  return spines.map((spine) => {
    const indexes = edges.flatMap((edge, index) => (edge.spine === spine ? [index] : []));
    return `linkStyle ${indexes.join(",")} stroke:${spineColour(spine)},stroke-width:2px`;
  });
}

function range(names: readonly string[]): string {
  return names.length > 1 ? `${names.at(0)} … ${names.at(-1)}` : names.join("");
}

function box(id: string, lines: readonly string[]): string {
  return `${id}[${quote(lines)}]`;
}

/** Mermaid has its own entities, with # instead of &, and accepts HTML's line break. */
function quote(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll(/[#"<>&]/g, (char) => `#${char.charCodeAt(0)};`)).join("<br/>")}"`;
}
