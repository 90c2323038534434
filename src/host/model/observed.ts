import type { InterfaceName } from "../../fabric/types.ts";
import type { Address } from "../../net/address.ts";
import type { InterfaceAddress } from "../../net/interface-address.ts";
import type { Mac } from "../../net/mac.ts";
import type { Prefix } from "../../net/prefix.ts";
import type { Vxlan } from "./desired-devices.ts";
import type { ObservedFirewall } from "./firewall.ts";

/** State of the kernel's network, as far as it concerns us. */
export interface ObservedNetwork {
  readonly devices: readonly ObservedDevice[];
  /** Of the devices that lead to links' ends on other hosts. */
  readonly redirects: readonly ObservedRedirect[];
  /** IPv4 routes of all tables. */
  readonly routes: readonly ObservedRoute[];
  /** Source address that the kernel gives to traffic towards the internet; null where there is no route. */
  readonly uplinkAddress: Address | null;
  /** Our links on which IPv6 is still on. */
  readonly ipv6Devices: readonly InterfaceName[];
  /** False where the kernel runs without IPv6. */
  readonly ipv6: boolean;
  /** State that concerns only a fabric with IPv6; the bare minimum without one. */
  readonly v6: ObservedV6;
  readonly forwarding: {
    /** net.ipv4.ip_forward */
    readonly host: boolean;
    /** net.ipv4.conf.BRIDGE.forwarding of the host bridge; null where there is no such bridge. */
    readonly bridge: boolean | null;
  };
  /** Per IP version: true if frames that only pass a bridge go through the firewall (br_netfilter). */
  readonly bridgeNetfilter: { readonly ip: boolean; readonly ip6: boolean };
  readonly firewall: ObservedFirewall;
  /** Content of the files that make network managers ignore our devices; undefined if missing. */
  readonly managerFiles: Readonly<Record<string, string | undefined>>;
  /** The NIC of UPLINK=macvtap is wireless. */
  readonly wirelessUplink: boolean;
  /** Network managers that run on this host. */
  readonly managers: readonly NetworkManagerName[];
}

export interface ObservedVxlan extends Pick<Vxlan, "vni" | "udpPort"> {
  readonly local: Address | null;
  /** Null if it learns its remote addresses, or sends to a group. */
  readonly remote: Address | null;
}

/** What happens to frames that arrive at a device. */
export interface ObservedRedirect {
  readonly from: InterfaceName;
  /** The device by which all of them leave; null if there is anything else, or nothing. */
  readonly to: InterfaceName | null;
  /** True if it has a queueing discipline for arriving frames, with filters or without. */
  readonly hasIngress: boolean;
}

export interface ObservedV6 {
  /** IPv6 routes of all tables. */
  readonly routes: readonly ObservedRoute[];
  /** net.ipv6.conf.all.forwarding */
  readonly forwarding: boolean;
  /**
   * Foreign devices that accept router advertisements only while the host does not forward (accept_ra = 1): with
   * forwarding, they would lose their default route.
   */
  readonly acceptRa: readonly InterfaceName[];
}

export type NetworkManagerName = "NetworkManager" | "systemd-networkd" | "systemd-udevd";

export interface ObservedDevice {
  readonly index: number;
  readonly name: InterfaceName;
  readonly alternativeNames: readonly string[];
  /** `bridge`, `tap`, `dummy`, `veth`, …; null for hardware and the loopback. */
  readonly kind: string | null;
  /** Null also for devices whose address is no MAC, such as tunnels. */
  readonly mac: Mac | null;
  readonly mtu: number;
  readonly group: number;
  /** Free text that the kernel keeps for whoever set it. */
  readonly alias: string | null;
  readonly up: boolean;
  /** True if the other end is in use: a tap has a carrier while a program has it open. */
  readonly carrier: boolean;
  readonly arp: boolean;
  /** For a port of a bridge: true if the bridge learns source addresses on it. */
  readonly learning: boolean;
  /** The bridge of which this device is a port. */
  readonly master: InterfaceName | null;
  /** The other end of a veth pair; null if that is in another netns. */
  readonly peer: InterfaceName | null;
  /** Set on a VXLAN. */
  readonly vxlan: ObservedVxlan | null;
  /** The device below this one, if it is a macvlan or macvtap. */
  readonly lower: InterfaceName | null;
  /** Queueing discipline for frames sent towards the other end. */
  readonly qdisc: string;
  /** Name of the user who may attach to this tap, or the user's number if it has no name. */
  readonly tapOwner: string | null;
  /** Set on bridges. */
  readonly bridge: BridgeSettings | null;
  /** IPv4 only. */
  readonly addresses: readonly InterfaceAddress[];
  /** IPv6, without link-local ones. */
  readonly addresses6: readonly InterfaceAddress[];
}

/** Reports whether the device has this address, with any prefix length. */
export function hasAddress({ addresses }: ObservedDevice, address: Address): boolean {
  return addresses.some((own) => own.address.equals(address));
}

/** Leaves out one device of each veth pair among these, since it is removed with the other. */
export function withoutPeers(devices: readonly ObservedDevice[]): readonly ObservedDevice[] {
  const peers = new Map(devices.map(({ name, peer }) => [name, peer]));
  return devices.filter(({ name, peer }) => peer === null || peers.get(peer) !== name || name < peer);
}

export interface BridgeSettings {
  readonly stp: boolean;
  /** Hundredths of a second. */
  readonly forwardDelayCs: number;
  readonly multicastSnooping: boolean;
  /** Link-local groups (IEEE 802.1D) to forward, as a mask of the last digit of their address. */
  readonly groupForwardMask: number;
}

export interface ObservedRoute {
  readonly destination: Prefix | "default";
  /** RTN_* of linux/rtnetlink.h: 1 unicast, 2 local, … */
  readonly type: number;
  readonly table: number;
  readonly gateway: Address | null;
  /** Several for a multipath route; none for a blackhole route. */
  readonly devices: readonly InterfaceName[];
  readonly source: Address | null;
  readonly protocol: number;
  readonly metric: number;
}
