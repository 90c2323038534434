import type { InterfaceName } from "../../fabric/types.ts";
import type { Mac } from "../../net/mac.ts";

export type DesiredDevice = DesiredBridge | DesiredPort | DesiredMacvtap;

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

/** Reports whether IPv6 is on, on this device: on the host's link only. */
export function hasIpv6(device: DesiredDevice): boolean {
  return device.kind === "bridge" && device.ipv6;
}
