import type { Fabric, InterfaceAddress, InterfaceName, LeafNode, Mac, Node, Port } from "../fabric/types.ts";
import { describePeer } from "./describe-peer.ts";
import { type ServerPort, serverInterface, serverPorts } from "./server-ports.ts";

/** What names and sets up a node's interfaces. */
export interface NetworkContext {
  readonly loopback: InterfaceAddress;
  readonly ports: readonly PortSetup[];
  readonly bridges: readonly BridgeSetup[];
}

export interface PortSetup {
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly description: string;
  readonly address: InterfaceAddress | null;
  /** The bridge that takes the port's untagged frames. */
  readonly bridge: InterfaceName | null;
  readonly vlans: readonly VlanSetup[];
}

export interface VlanSetup {
  readonly id: number;
  readonly name: InterfaceName;
  readonly bridge: InterfaceName | null;
}

export interface BridgeSetup {
  readonly name: InterfaceName;
  readonly purpose: string;
  readonly mac: Mac;
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
  /** Drop tagged frames: on a plain bridge they would pass between the servers unseen. */
  readonly untaggedOnly: boolean;
}

export function networkContext(fabric: Fabric, node: Node): NetworkContext {
  return {
    loopback: `${node.loopback}/32`,
    ports: node.ports.map((port) => ({
      name: port.name,
      mac: port.mac,
      mtu: port.mtu,
      description: describePeer(port.peer),
      address: port.address,
      ...(node.role === "leaf" && isServerPort(node, port) ? serverSide(fabric, node, port) : PLAIN),
    })),
    bridges: node.role === "leaf" ? bridges(node) : [],
  };
}

/** Kernel modules that a node's interfaces need. Loading them costs a spine a tenth of a second for nothing. */
export function kernelModules(node: Node): readonly string[] {
  const vlans = serverPorts(node).length > 0;
  const bridge = node.role === "leaf" && bridges(node).length > 0;
  return [...(vlans ? ["8021q"] : []), ...(bridge ? ["bridge"] : [])];
}

const PLAIN = { bridge: null, vlans: [] } as const;

function isServerPort(node: LeafNode, port: Port): boolean {
  return serverPorts(node).some(({ name }) => name === port.name);
}

function serverSide(fabric: Fabric, leaf: LeafNode, port: Port): Pick<PortSetup, "bridge" | "vlans"> {
  const { vlan } = fabric.serverAccess;
  return {
    bridge: leaf.dhcp?.bridge ?? null,
    vlans: [
      ...(vlan === null ? [] : [{ id: vlan, name: serverInterface(port, vlan), bridge: null }]),
      ...leaf.l2Vlans.map(({ id, bridge }) => ({ id, name: serverInterface(port, id), bridge })),
    ],
  };
}

function bridges(leaf: LeafNode): BridgeSetup[] {
  const [first] = serverPorts(leaf);
  if (first === undefined) {
    return [];
  }
  const dhcp = leaf.dhcp === null ? [] : [dhcpBridge(leaf.dhcp.bridge, leaf.dhcp.router, first)];
  return [...dhcp, ...leaf.l2Vlans.map((vlan) => vlanBridge(vlan, first))];
}

function dhcpBridge(name: InterfaceName, router: InterfaceAddress, first: ServerPort): BridgeSetup {
  return {
    name,
    purpose: "The untagged server ports, where DHCP is served.",
    mac: first.mac,
    mtu: first.mtu,
    addresses: [router],
    untaggedOnly: true,
  };
}

function vlanBridge(vlan: LeafNode["l2Vlans"][number], first: ServerPort): BridgeSetup {
  return {
    name: vlan.bridge,
    purpose: `VLAN ${vlan.id} of all server ports.`,
    mac: first.mac,
    mtu: first.mtu,
    addresses: [vlan.gateway],
    untaggedOnly: false,
  };
}
