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
  /** On the host's own bridges: identifies their fabric. Null on the others. */
  readonly alias: string | null;
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
  return {
    devices: [
      ...fabric.links.map(({ bridge }) => desiredBridge(bridge, folders)),
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
      bridge.addresses.map((address) => ({ device: bridge.name, address })),
    ),
    route: {
      prefix,
      gateway: host.gateway,
      device: host.bridge,
      source: host.address.address,
    },
    rules: desiredRules(firewallNeeds(fabric, observed, snatAddress), observed.firewall),
    managerFiles: managerFiles(fabric, observed.managers),
  };
}

function desiredBridge({ name, mac, mtu, addresses }: HostBridge, folders: FabricFolders): DesiredBridge {
  const isHosts = addresses.length > 0;
  return { kind: "bridge", name, mac, mtu, arp: isHosts, alias: isHosts ? fabricAlias(folders) : null };
}
