import type { InterfaceName } from "../../fabric/types.ts";
import type { Address } from "../../net/address.ts";
import type { InterfaceAddress } from "../../net/interface-address.ts";
import type { Mac } from "../../net/mac.ts";
import type { Prefix } from "../../net/prefix.ts";
import type { ObservedFirewall } from "./firewall.ts";

/** What the kernel has, as far as it concerns us. */
export interface ObservedNetwork {
  readonly devices: readonly ObservedDevice[];
  /** IPv4 routes of all tables. */
  readonly routes: readonly ObservedRoute[];
  /** Source address that the kernel gives to traffic towards the internet; null where there is no route. */
  readonly uplinkAddress: Address | null;
  /** Our links on which IPv6 is still on. */
  readonly ipv6Devices: readonly InterfaceName[];
  /** False where the kernel runs without IPv6. */
  readonly ipv6: boolean;
  readonly forwarding: {
    /** net.ipv4.ip_forward */
    readonly host: boolean;
    /** net.ipv4.conf.BRIDGE.forwarding of the host bridge; null where there is no such bridge. */
    readonly bridge: boolean | null;
  };
  /** Whether frames that only pass a bridge go through the IPv4 and the IPv6 firewall (br_netfilter). */
  readonly bridgeNetfilter: { readonly ip: boolean; readonly ip6: boolean };
  readonly firewall: ObservedFirewall;
  /** Content of the files that tell network managers to leave our devices alone; undefined where missing. */
  readonly managerFiles: Readonly<Record<string, string | undefined>>;
  /** Network managers that run here. */
  readonly managers: readonly NetworkManagerName[];
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
  /** Whether somebody holds the other end: a tap has a carrier while a program has it open. */
  readonly carrier: boolean;
  readonly arp: boolean;
  /** Whether the bridge that this is a port of remembers the senders of frames that come in by it. */
  readonly learning: boolean;
  /** The bridge that this is a port of. */
  readonly master: InterfaceName | null;
  /** What frames queue in before they leave, on their way to whoever holds the other end. */
  readonly qdisc: string;
  /** Name of the user who may attach to this tap, or the number of one who has no name. */
  readonly tapOwner: string | null;
  /** Set on bridges. */
  readonly bridge: BridgeSettings | null;
  /** IPv4 only. */
  readonly addresses: readonly InterfaceAddress[];
}

/** Whether the device has this address, with whatever length. */
export function hasAddress({ addresses }: ObservedDevice, address: Address): boolean {
  return addresses.some((own) => own.address.equals(address));
}

export interface BridgeSettings {
  readonly stp: boolean;
  /** Hundredths of a second. */
  readonly forwardDelayCs: number;
  readonly multicastSnooping: boolean;
  /** Link-local groups (IEEE 802.1D) to pass on, by the last digit of their address. */
  readonly groupForwardMask: number;
}

export interface ObservedRoute {
  readonly destination: Prefix | "default";
  /** RTN_* of linux/rtnetlink.h: 1 unicast, 2 local, … */
  readonly type: number;
  readonly table: number;
  readonly gateway: Address | null;
  /** More than one with multiple next hops; none on a blackhole. */
  readonly devices: readonly InterfaceName[];
  readonly source: Address | null;
  readonly protocol: number;
  readonly metric: number;
}
