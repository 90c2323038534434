import type { Fabric, LeafNode, Node } from "../../../fabric/types.ts";
import { labelAs } from "../labels.ts";
import { spinesOfLinks } from "../link-spine.ts";
import { type Box, type Layout, upperPorts } from "./layout.ts";
import { plugKey, plugPlaces } from "./links.ts";
import { drawPlugs, drawRangePlug } from "./plugs.ts";
import { element, round, text } from "./xml.ts";

/** Draws the host, the BMC network and all switches, with squares for their ports on the edges. */
export function drawBoxes(fabric: Fabric, layout: Layout): string {
  return [drawHost(fabric, layout), drawBmcNetwork(fabric, layout), ...drawNodes(fabric, layout)].join("\n");
}

/** Draws the host with its address. */
export function drawHost(fabric: Fabric, layout: Pick<Layout, "host" | "scale">): string {
  const { host } = fabric;
  const snat = host.snatAddress === "auto" ? "its own address" : host.snatAddress;
  return drawBox(layout.host, layout.scale, "host", `host\nSNAT of ${fabric.prefix} to ${snat}`, [
    { content: "host", style: "name" },
    { content: `${host.address.address} on ${host.bridge}`, style: "mono" },
    { content: `SNAT of ${fabric.prefix}`, style: "small muted" },
  ]);
}

/** Draws the network of the BMCs, which its tooltip lists. */
export function drawBmcNetwork(fabric: Fabric, layout: Pick<Layout, "bmc" | "scale">): string {
  const { host } = fabric;
  return drawBox(layout.bmc, layout.scale, "bmc", describeBmcs(fabric), [
    { content: "BMC network", style: "muted" },
    { content: String(host.bmcPrefix), style: "mono" },
    { content: `on ${host.bmcBridge}`, style: "small muted" },
  ]);
}

function describeBmcs(fabric: Fabric): string {
  return fabric.nodes
    .map((node) => `${node.name}: ${node.bmc.address.address} UDP ${node.bmc.port}`)
    .join("\n");
}

function drawNodes(fabric: Fabric, layout: Layout): string[] {
  const places = plugPlaces(fabric, layout);
  const spines = spinesOfLinks(fabric);
  return fabric.nodes.flatMap((node) => {
    const box = layout.nodes.get(node.name);
    if (box === undefined) {
      return [];
    }
    const servers = node.role === "leaf" ? node.ports.slice(upperPorts(node)) : [];
    const others = node.ports.slice(0, node.ports.length - servers.length);
    const plugs = others.flatMap((port) => {
      const place = places.get(plugKey(node.name, port.name));
      return place === undefined ? [] : [{ port, place, spine: spines.get(port.bridge) }];
    });
    const foot = servers[0] && places.get(plugKey(node.name, servers[0].name));
    const scale = node.role === "leaf" ? 1 : layout.scale;
    return [
      drawBox(box, scale, classOf(node), describeNode(node), linesOf(node, layout)),
      drawPlugs(plugs),
      ...(foot ? [drawRangePlug(foot, servers)] : []),
    ];
  });
}

/** Returns the classes of a switch in the style sheet. */
export function classOf(node: Node): string {
  return node.role === "spine" ? `spine s${node.spineNumber}` : node.role;
}

/** Returns the tooltip of a switch. */
export function describeNode(node: Node): string {
  return [
    node.name,
    labelAs(node),
    `loopback ${[node.loopback, node.loopback6].flatMap((address) => address ?? []).join(" and ")}`,
    `VNC port ${node.machine.vncPort}`,
    `BMC ${node.bmc.address.address}`,
  ].join("\n");
}

/** A line of text in a box. */
export interface Line {
  readonly content: string;
  readonly style: string;
  readonly fontSize?: number;
}

function linesOf(node: Node, layout: Layout): Line[] {
  if (node.role !== "leaf") {
    return [
      { content: node.name, style: "name" },
      { content: String(node.loopback), style: "mono" },
      { content: labelAs(node), style: "small muted" },
    ];
  }
  const fontSize = layout.measures.leafFontSize;
  return [
    { content: node.name, style: "name" },
    { content: String(node.loopback), style: "mono", fontSize },
    { content: labelAs(node), style: "muted", fontSize: fontSize - 1.5 },
    { content: serviceOf(node), style: "tag", fontSize: fontSize - 2.4 },
  ];
}

/** Describes a leaf's service besides routing. */
function serviceOf(leaf: LeafNode): string {
  const [first] = leaf.l2Vlans;
  const last = leaf.l2Vlans.at(-1);
  if (leaf.dhcp !== null) {
    return `DHCP ${leaf.dhcp.prefix}`;
  }
  if (first === undefined || last === undefined) {
    return "";
  }
  return first === last ? `L2 VLAN ${first.id}` : `L2 VLANs ${first.id}–${last.id}`;
}

/** Draws a box with lines of text in its middle, all scaled by `scale`. */
export function drawBox(
  box: Box,
  scale: number,
  classes: string,
  title: string,
  lines: readonly Line[],
): string {
  const width = box.width / scale;
  const height = box.height / scale;
  const shape = { width, height, rx: 9 };
  const first = height / 2 - ((lines.length - 1) * LINE_HEIGHT) / 2 + 4.5;
  return element(
    "g",
    { class: classes, transform: `translate(${round(box.x)} ${round(box.y)}) scale(${round(scale)})` },
    element("title", {}, text(title)),
    element("rect", { class: "box", ...shape }),
    element("rect", { class: "edge", ...shape }),
    ...lines.map(({ content, style, fontSize }, index) =>
      element(
        "text",
        {
          class: `middle ${style}`,
          x: width / 2,
          y: first + index * LINE_HEIGHT,
          style: fontSize === undefined ? undefined : `font-size:${fontSize}px`,
        },
        text(content),
      ),
    ),
  );
}

const LINE_HEIGHT = 17;
