import type { InterfaceName, LeafNode, Node } from "../../fabric/types.ts";
import { serverInterface, serverPorts } from "../../render/server-ports.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { compareSeen, type Judged, listOrNone } from "../item.ts";
import type { LinkState, NodeObservation } from "../observation.ts";

type Links = ReadonlyMap<InterfaceName, LinkState>;

/** On left leaves: that Kea listens on the planned address for the planned network, and the bridge under it. */
export function judgeDhcp(node: Node, { dhcp, links }: NodeObservation): readonly Judged[] {
  if (node.role !== "leaf" || node.dhcp === null) {
    return [];
  }
  const { prefix, router, bridge } = node.dhcp;
  const address = router.split("/")[0] ?? router;
  const members = serverPorts(node).map(({ name }) => name);
  return [
    compareSeen(
      dhcp,
      node.name,
      `${node.name} Kea`,
      `${prefix} on ${bridge}, listens on ${address}`,
      ({ subnets, interfaces, listening }) =>
        `${listOrNone(subnets)} on ${listOrNone(interfaces)}, listens on ${listOrNone(listening)}`,
    ),
    judgeBridge(node, links, { name: bridge, address: router, members, mtu: mtuOf(node) }),
  ];
}

/** The VLAN interfaces on which servers speak BGP, and the layer 2 VLANs' bridges. */
export function judgeVlans(plan: CheckPlan, node: Node, { links }: NodeObservation): readonly Judged[] {
  if (node.role !== "leaf") {
    return [];
  }
  const ports = serverPorts(node);
  const { vlan } = plan.fabric.serverAccess;
  const interfaces = ports.map((port) => serverInterface(port, vlan));
  return [
    compareSeen(
      links,
      node.name,
      `${node.name} ${vlan === null ? "untagged server ports" : `VLAN ${vlan}`}`,
      `${interfaces.length} interfaces up`,
      (found) => {
        const wrong = interfaces.filter((name) => found.get(name)?.up !== true);
        return wrong.length === 0
          ? `${interfaces.length} interfaces up`
          : `missing or down: ${wrong.join(", ")}`;
      },
    ),
    ...node.l2Vlans.map(({ id, bridge, gateway }) =>
      judgeBridge(node, links, {
        name: bridge,
        address: gateway,
        members: ports.map((port) => serverInterface(port, id)),
        mtu: mtuOf(node),
      }),
    ),
  ];
}

interface PlannedBridge {
  readonly name: InterfaceName;
  readonly address: string;
  readonly members: readonly InterfaceName[];
  readonly mtu: number;
}

function judgeBridge(node: LeafNode, links: NodeObservation["links"], bridge: PlannedBridge): Judged {
  const { name, address, mtu, members } = bridge;
  const expected = `up, ${address}, MTU ${mtu}, ${members.length} members`;
  return compareSeen(links, node.name, `${node.name} ${name}`, expected, (found) => {
    const link = found.get(name);
    return link === undefined ? "missing" : describeBridge(link, bridge, found);
  });
}

function describeBridge(link: LinkState, { name, members, address }: PlannedBridge, links: Links): string {
  const present = members.filter((member) => links.get(member)?.master === name);
  const missing = members.filter((member) => !present.includes(member));
  const ipv4 = link.addresses.filter((text) => !text.includes(":"));
  return [
    link.up ? "up" : "down",
    ipv4.includes(address) ? address : listOrNone(ipv4),
    `MTU ${link.mtu}`,
    `${present.length} members${missing.length === 0 ? "" : ` (not ${missing.join(", ")})`}`,
  ].join(", ");
}

function mtuOf(leaf: LeafNode): number {
  return serverPorts(leaf)[0]?.mtu ?? 0;
}
