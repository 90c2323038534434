import type { Fabric, InterfaceName, LeafNode, Node, Port } from "../fabric/types.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import type { Mac } from "../net/mac.ts";
import { describePeer } from "./describe-peer.ts";
import { serverInterface, serverPorts } from "./server-ports.ts";

/** The names and settings of a node's interfaces. */
export interface NetworkContext {
  /** One of each family that the fabric has. The same holds for all addresses below. */
  readonly loopbacks: readonly InterfaceAddress[];
  readonly ports: readonly PortSetup[];
  readonly bridges: readonly BridgeSetup[];
}

export interface PortSetup {
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly description: string;
  readonly addresses: readonly InterfaceAddress[];
  /** The bridge for all frames of the port except those of `vlan`. */
  readonly bridge: InterfaceName | null;
  /** A separate interface for one VLAN. */
  readonly vlan: { readonly id: number; readonly name: InterfaceName } | null;
}

export interface BridgeSetup {
  readonly name: InterfaceName;
  readonly purpose: string;
  readonly mac: Mac;
  readonly mtu: number;
  /** False if untagged frames are dropped. */
  readonly untagged: boolean;
  /** The leaf's addresses in the untagged network. */
  readonly addresses: readonly InterfaceAddress[];
  readonly ports: readonly InterfaceName[];
  /** Frames of all other VLANs are dropped: a plain bridge would pass them between the servers. */
  readonly vlans: readonly BridgeVlan[];
  /** The ids of `vlans`, in the notation of bridge(8): `11-15`. */
  readonly vlanIds: string;
}

export interface BridgeVlan {
  readonly id: number;
  /** The leaf's interface in this VLAN. */
  readonly name: InterfaceName;
  readonly addresses: readonly InterfaceAddress[];
}

export function networkContext(fabric: Fabric, node: Node): NetworkContext {
  return {
    loopbacks: present(node.loopback, node.loopback6).map(InterfaceAddress.single),
    ports: node.ports.map((port) => ({
      name: port.name,
      mac: port.mac,
      mtu: port.mtu,
      description: describePeer(port.peer),
      addresses: present(port.address, port.address6),
      ...(node.role === "leaf" && isServerPort(node, port) ? serverSide(fabric, node, port) : PLAIN),
    })),
    bridges: node.role === "leaf" ? bridges(node) : [],
  };
}

/**
 * Returns the kernel modules that a node's interfaces need. A spine needs none of them, and loading them would take a
 * tenth of a second.
 */
export function kernelModules(node: Node): readonly string[] {
  const vlans = serverPorts(node).length > 0;
  const bridge = node.role === "leaf" && bridges(node).length > 0;
  return [...(vlans ? ["8021q"] : []), ...(bridge ? ["bridge"] : [])];
}

const PLAIN = { bridge: null, vlan: null } as const;

function isServerPort(node: LeafNode, port: Port): boolean {
  return serverPorts(node).some(({ name }) => name === port.name);
}

function serverSide(fabric: Fabric, leaf: LeafNode, port: Port): Pick<PortSetup, "bridge" | "vlan"> {
  const { vlan } = fabric.serverAccess;
  return {
    bridge: leaf.dhcp?.bridge ?? leaf.l2Vlans[0]?.bridge ?? null,
    vlan: vlan === null ? null : { id: vlan, name: serverInterface(port, vlan) },
  };
}

/** A port is in at most one bridge: left leaves have DHCP, and a right leaf the layer 2 VLANs. */
function bridges(leaf: LeafNode): BridgeSetup[] {
  const ports = serverPorts(leaf);
  const [first] = ports;
  if (first === undefined) {
    return [];
  }
  const common = { mac: first.mac, mtu: first.mtu, ports: ports.map(({ name }) => name) };
  if (leaf.dhcp !== null) {
    const { bridge, router, network6 } = leaf.dhcp;
    const addresses = present(router, network6?.router);
    const purpose = "The untagged server ports, where DHCP is served.";
    return [{ ...common, name: bridge, purpose, untagged: true, addresses, vlans: [], vlanIds: "" }];
  }
  const [lowest] = leaf.l2Vlans;
  if (lowest === undefined) {
    return [];
  }
  const vlanIds = idRange(leaf.l2Vlans.map(({ id }) => id));
  return [
    {
      ...common,
      name: lowest.bridge,
      purpose: `VLANs of all server ports: ${vlanIds}.`,
      untagged: false,
      addresses: [],
      vlans: leaf.l2Vlans.map((vlan) => ({
        id: vlan.id,
        name: vlan.interface,
        addresses: present(vlan.gateway, vlan.gateway6),
      })),
      vlanIds,
    },
  ];
}

/** Formats consecutive ids: `11-15`, or `11`. */
function idRange(ids: readonly number[]): string {
  return [...new Set([Math.min(...ids), Math.max(...ids)])].join("-");
}

function present<T>(...values: readonly (T | null | undefined)[]): T[] {
  return values.filter((value) => value !== null && value !== undefined);
}
