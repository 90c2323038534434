import type { Fabric, HostBridge, InterfaceName } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { InterfaceAddress } from "../net/interface-address.ts";
import type { Mac } from "../net/mac.ts";
import type { Prefix } from "../net/prefix.ts";
import { desiredRules } from "./firewall/desired.ts";
import { firewallNeeds } from "./firewall/needs.ts";
import { type ManagerFile, managerFiles } from "./managers.ts";
import type { DesiredRule } from "./model/firewall-rules.ts";
import type { BridgeSettings, ObservedNetwork } from "./model/observed.ts";
import { type SwitchPorts, TAPS } from "./model/switch-ports.ts";
import { type FabricFolders, fabricAlias } from "./other-fabric.ts";

/** Target state of the kernel's network. */
export interface DesiredNetwork {
  /** Bridges come before their ports. */
  readonly devices: readonly DesiredDevice[];
  readonly addresses: readonly DesiredAddress[];
  readonly route: DesiredRoute;
  /** Null if the fabric or this host has IPv4 only. */
  readonly route6: DesiredRoute | null;
  readonly rules: readonly DesiredRule[];
  readonly managerFiles: readonly ManagerFile[];
}

export type DesiredDevice = DesiredBridge | DesiredPort;

export interface DesiredBridge {
  readonly kind: "bridge";
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  /** Off on bridges that only forward frames, so that the host does not answer there. */
  readonly arp: boolean;
  /** Off on all other devices, so that router advertisements and servers don't reach the host. */
  readonly ipv6: boolean;
  /** On the host's own bridges: identifies their fabric. Null on the others. */
  readonly alias: string | null;
}

/** Reports whether IPv6 is on, on this device: on the host's link only. */
export function hasIpv6(device: DesiredDevice): boolean {
  return device.kind === "bridge" && device.ipv6;
}

export interface DesiredPort {
  /** `nic` is the host's own interface, of a kind that the kernel supports; a `veth` leads into a netns. */
  readonly kind: "tap" | "nic" | "veth";
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly bridge: InterfaceName;
  /** The user who may attach to it, if it is a tap. */
  readonly owner: string;
}

export interface DesiredAddress {
  readonly device: InterfaceName;
  readonly address: InterfaceAddress;
}

export interface DesiredRoute {
  readonly prefix: Prefix;
  readonly gateway: Address;
  readonly device: InterfaceName;
  readonly source: Address;
}

/**
 * Settings of a link's bridge, which only forwards frames: no spanning tree and no forward delay; no snooping, which
 * drops multicast for which it has seen no listener; and LLDP, which bridges usually drop, is forwarded.
 */
export const BRIDGE_SETTINGS: BridgeSettings = {
  stp: false,
  forwardDelayCs: 0,
  multicastSnooping: false,
  groupForwardMask: 0x4000,
};

/** Requirements in addition to the plan. */
export interface DesiredSettings {
  /** Resolved from `auto`; empty if the host has no route to the outside, which is a conflict. */
  readonly snatAddress: string;
  readonly folders: FabricFolders;
  /** Taps by default. */
  readonly switchPorts?: SwitchPorts;
}

/** @param observed decides which firewall rules and which network managers' files are needed. */
export function desiredNetwork(
  fabric: Fabric,
  observed: ObservedNetwork,
  { snatAddress, folders, switchPorts = TAPS }: DesiredSettings,
): DesiredNetwork {
  const { host, prefix } = fabric;
  const route6 = observed.ipv6 ? desiredRoute6(fabric) : null;
  return {
    devices: [
      ...fabric.links.map(({ bridge }) => desiredBridge(bridge, folders, route6)),
      ...fabric.links.flatMap(({ bridge, interfaces }) =>
        interfaces.flatMap(({ name, mac, mtu, kind, end }): readonly DesiredPort[] => {
          const port = { name, mac, mtu, bridge: bridge.name, owner: host.user };
          if (end.kind !== "node" || switchPorts.kind === "tap") {
            return [{ ...port, kind }];
          }
          return switchPorts.running.includes(end.node) ? [{ ...port, kind: switchPorts.kind }] : [];
        }),
      ),
    ],
    addresses: fabric.links.flatMap(({ bridge }) =>
      bridge.addresses
        .filter(({ address }) => address.family === 4 || route6 !== null)
        .map((address) => ({ device: bridge.name, address })),
    ),
    route: {
      prefix,
      gateway: host.gateway,
      device: host.bridge,
      source: host.address.address,
    },
    route6,
    rules: desiredRules(firewallNeeds(fabric, observed, snatAddress), observed.firewall),
    managerFiles: managerFiles(fabric, observed.managers),
  };
}

function desiredRoute6({ networks6, host: { uplink6, bridge } }: Fabric): DesiredRoute | null {
  return networks6 === undefined || uplink6 === undefined
    ? null
    : {
        prefix: networks6.prefix,
        gateway: uplink6.gateway,
        device: bridge,
        source: uplink6.address.address,
      };
}

function desiredBridge(
  { name, mac, mtu, addresses }: HostBridge,
  folders: FabricFolders,
  route6: DesiredRoute | null,
): DesiredBridge {
  const isHosts = addresses.length > 0;
  return {
    ...{ kind: "bridge", name, mac, mtu, arp: isHosts },
    ipv6: name === route6?.device,
    alias: isHosts ? fabricAlias(folders) : null,
  };
}
