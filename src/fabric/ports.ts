import type { Config } from "../config/types.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import type { Mac } from "../net/mac.ts";
import type { TopologyEnd, TopologyLink } from "./cabling.ts";
import { mtuOf } from "./links.ts";
import type { MacPlan } from "./macs.ts";
import type { Networks } from "./networks.ts";
import { portName } from "./numbering.ts";
import type { FabricSize } from "./size.ts";
import type { TopologyNode } from "./topology.ts";
import type { Port } from "./types.ts";

/**
 * Returns the ports of every node by the node's name. The order of the links is also the order of each node's ports:
 * towards the host, then the internet router, then spines, then leaves, then servers from the lowest U up.
 */
export function planPorts(
  config: Config,
  size: FabricSize,
  networks: Networks,
  macs: MacPlan,
  nodes: readonly TopologyNode[],
  links: readonly TopologyLink[],
): ReadonlyMap<string, readonly Port[]> {
  const ports = new Map<string, Port[]>(nodes.map((node) => [node.name, []]));
  const byName = new Map(nodes.map((node) => [node.name, node]));
  for (const link of links) {
    for (const end of link.ends) {
      const peer = link.ends.find((other) => other !== end);
      const node = end.at.kind === "node" ? byName.get(end.at.node) : undefined;
      const list = node && ports.get(node.name);
      if (!node || !list || !peer) {
        continue;
      }
      const number = list.length + 1;
      const mac = macOf(macs, size, node, number);
      list.push({
        number,
        name: portName(number),
        mac,
        linkLocal: mac.linkLocal,
        tap: end.name,
        bridge: link.bridge.name,
        mtu: mtuOf(config, link),
        address: addressOf(networks, peer),
        ...(networks.v6 !== null && peer.at.kind === "host"
          ? { address6: InterfaceAddress.in(networks.v6.host, 2) }
          : {}),
        peer: peer.at,
      });
    }
  }
  return ports;
}

function macOf(macs: MacPlan, size: FabricSize, node: TopologyNode, port: number): Mac {
  switch (node.role) {
    case "internet":
      return macs.internetPort(port);
    case "spine":
      return macs.spinePort(node.spine, port);
    case "leaf":
      return port <= size.spines
        ? macs.leafUplink(node.leaf, port)
        : macs.leafServerPort(node.leaf, port - size.spines - 1);
  }
}

/** Only the port towards the host is numbered; all others are unnumbered and use their link-local address. */
function addressOf(networks: Networks, peer: TopologyEnd): InterfaceAddress | null {
  return peer.at.kind === "host" ? InterfaceAddress.in(networks.host, 2) : null;
}
