import type { InterfaceName, L2Vlan, LeafNode, Node } from "../../fabric/types.ts";
import { InterfaceAddress } from "../../net/interface-address.ts";
import { Prefix } from "../../net/prefix.ts";
import { serverInterface, serverPorts } from "../../render/server-ports.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { compareSeen, type Evaluation, listOrNone } from "../model/item.ts";
import {
  bothSeen,
  type DhcpObservation,
  type InterfaceState,
  type NodeObservation,
} from "../model/observation.ts";

/**
 * For left leaves: evaluates whether Kea listens on the planned address for the planned network, and the bridge below
 * it.
 */
export function evaluateDhcp(
  node: Node,
  { dhcp, dhcp6, interfaces }: NodeObservation,
): readonly Evaluation[] {
  if (node.role !== "leaf" || node.dhcp === null) {
    return [];
  }
  const { prefix, router, bridge, network6 } = node.dhcp;
  const addresses = [router, ...(network6 === undefined ? [] : [network6.router])];
  const members = serverPorts(node).map(({ name }) => name);
  return [
    compareSeen(
      dhcp,
      node.name,
      `${node.name} Kea`,
      `${prefix} on ${bridge}, listens on ${router.address}`,
      describeServer,
    ),
    ...(network6 === undefined
      ? []
      : [
          compareSeen(
            dhcp6,
            node.name,
            `${node.name} Kea for IPv6`,
            `${network6.prefix} on ${bridge}, listens on ${bridge}`,
            describeServer,
          ),
        ]),
    compareSeen(interfaces, node.name, `${node.name} ${bridge}`, expectNetwork(node, addresses), (found) => {
      const missing = members.filter((member) => found.get(member)?.master !== bridge);
      return describeNetwork(found.get(bridge), addresses, members, missing);
    }),
  ];
}

function describeServer({ subnets, interfaces, listening }: DhcpObservation): string {
  return `${listOrNone(subnets)} on ${listOrNone(interfaces)}, listens on ${listOrNone(listening)}`;
}

/** Evaluates the VLAN interfaces on which servers speak BGP, and the layer 2 VLANs. */
export function evaluateVlans(
  plan: CheckPlan,
  node: Node,
  observation: NodeObservation,
): readonly Evaluation[] {
  if (node.role !== "leaf") {
    return [];
  }
  const { vlan } = plan.fabric.serverAccess;
  const interfaces = serverPorts(node).map((port) => serverInterface(port, vlan));
  return [
    compareSeen(
      observation.interfaces,
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
    ...node.l2Vlans.map((l2Vlan) => evaluateL2Vlan(node, l2Vlan, observation)),
  ];
}

/**
 * Its members are the bridge's ports that pass the VLAN. The bridge itself must pass it too, or no frame reaches the
 * gateway.
 */
function evaluateL2Vlan(node: LeafNode, l2Vlan: L2Vlan, { interfaces, vlans }: NodeObservation): Evaluation {
  const { id, bridge, gateway, gateway6 } = l2Vlan;
  const gateways = [gateway, ...(gateway6 === undefined ? [] : [gateway6])];
  const members = serverPorts(node).map(({ name }) => name);
  const subject = `${node.name} ${l2Vlan.interface}`;
  return compareSeen(
    bothSeen(interfaces, vlans),
    node.name,
    subject,
    expectNetwork(node, gateways),
    ([found, passed]) => {
      const passes = (name: InterfaceName) => passed.get(name)?.has(id) === true;
      const missing = [
        ...members.filter((member) => found.get(member)?.master !== bridge || !passes(member)),
        ...(passes(bridge) ? [] : [bridge]),
      ];
      return describeNetwork(found.get(l2Vlan.interface), gateways, members, missing);
    },
  );
}

function expectNetwork(leaf: LeafNode, addresses: readonly InterfaceAddress[]): string {
  const ports = serverPorts(leaf);
  return `up, ${addresses.join(", ")}, MTU ${ports[0]?.mtu ?? 0}, ${ports.length} members`;
}

/** @param missing members that are missing, and the bridge if it does not pass the VLAN */
function describeNetwork(
  state: InterfaceState | undefined,
  addresses: readonly InterfaceAddress[],
  members: readonly InterfaceName[],
  missing: readonly InterfaceName[],
): string {
  if (state === undefined) {
    return "missing";
  }
  const found = state.addresses.flatMap((text) => InterfaceAddress.parse(text) ?? []);
  const present = members.filter((member) => !missing.includes(member));
  return [
    state.up ? "up" : "down",
    ...addresses.map((address) => describeAddress(address, found)),
    `MTU ${state.mtu}`,
    `${present.length} members${missing.length === 0 ? "" : ` (not ${missing.join(", ")})`}`,
  ].join(", ");
}

/** Returns the address if it is there, or else those of its family, without link-local ones. */
function describeAddress(address: InterfaceAddress, found: readonly InterfaceAddress[]): string {
  const others = found.filter(
    (other) => other.address.family === address.address.family && !LINK_LOCAL.contains(other.address),
  );
  return others.some((other) => other.equals(address)) ? String(address) : listOrNone(others.map(String));
}

const LINK_LOCAL = Prefix.from("fe80::/10");
