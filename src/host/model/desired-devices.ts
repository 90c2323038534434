import type { InterfaceName } from "../../fabric/types.ts";
import type { Address } from "../../net/address.ts";
import type { Mac } from "../../net/mac.ts";

export type DesiredDevice =
  | DesiredBridge
  | DesiredPort
  | DesiredMacvtap
  | DesiredCutPort
  | DesiredPatch
  | DesiredTunnel;

export interface DesiredBridge {
  readonly kind: "bridge";
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly group: number;
  /** Off on bridges that only forward frames, so that the host does not answer there. */
  readonly arp: boolean;
  /** Off on all other devices, so that router advertisements and servers don't reach the host. */
  readonly ipv6: boolean;
  /** On the host's own bridges: identifies their fabric. Null on the others. */
  readonly alias: string | null;
}

export interface DesiredPort {
  /** `nic` is the host's own interface, of a kind that the kernel supports; a `veth` leads into a netns. */
  readonly kind: "tap" | "nic" | "veth";
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly group: number;
  readonly bridge: InterfaceName;
  /** The bridge learns the sources of frames on this port: it has more than two ends. */
  readonly learning: boolean;
  /** The user who may attach to it, if it is a tap. */
  readonly owner: string;
}

/** The port by which a bridge leads to the other end of its link, on another host. It is made with its patch. */
export interface DesiredCutPort {
  readonly kind: "cut port";
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly group: number;
  readonly bridge: InterfaceName;
  readonly learning: false;
  /** The other end of its veth pair. */
  readonly peer: InterfaceName;
  readonly peerMac: Mac;
}

/** The other end of such a port. It is made with it. */
export interface DesiredPatch {
  readonly kind: "patch";
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly group: number;
  readonly peer: InterfaceName;
}

/** A VXLAN with one remote address. */
export interface DesiredTunnel {
  readonly kind: "tunnel";
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly group: number;
  readonly vxlan: Vxlan;
}

export interface Vxlan {
  readonly vni: number;
  readonly local: Address;
  readonly remote: Address;
  readonly udpPort: number;
}

/** `VNI 4101 from 10.0.0.1 to 10.0.0.2, UDP port 14789` */
export function describeVxlan({
  vni,
  local,
  remote,
  udpPort,
}: Pick<Vxlan, "vni" | "udpPort"> & { readonly [Key in "local" | "remote"]: Address | null }): string {
  return `VNI ${vni} from ${local ?? "any"} to ${remote ?? "any"}, UDP port ${udpPort}`;
}

/** Frames that arrive at one device leave by the other. */
export interface Redirect {
  readonly from: InterfaceName;
  readonly to: InterfaceName;
}

/** A tap on a NIC of the host's, with a MAC of its own there. */
export interface DesiredMacvtap {
  readonly kind: "macvtap";
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly group: number;
  readonly nic: InterfaceName;
  /** The user who may attach to it. */
  readonly owner: string;
}

/** Returns the kernel's name of a device's kind. */
export function kernelKind({ kind }: DesiredDevice): string {
  const others: Partial<Record<DesiredDevice["kind"], string>> = {
    "cut port": "veth",
    patch: "veth",
    tunnel: "vxlan",
  };
  return others[kind] ?? kind;
}

/** Reports whether IPv6 is on, on this device: on the host's link only. */
export function hasIpv6(device: DesiredDevice): boolean {
  return device.kind === "bridge" && device.ipv6;
}
