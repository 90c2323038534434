import type { FabricMark } from "../fabric/mark.ts";
import { hasHostLink } from "../fabric/member-part.ts";
import type { Fabric, HostBridge, InterfaceName } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { InterfaceAddress } from "../net/interface-address.ts";
import type { Prefix } from "../net/prefix.ts";
import { cutDevices, cutRedirects } from "./cut-devices.ts";
import { desiredRules } from "./firewall/desired.ts";
import { firewallNeeds } from "./firewall/needs.ts";
import { type ManagerFile, managerFiles } from "./managers.ts";
import type { DesiredBridge, DesiredDevice, DesiredPort, Redirect } from "./model/desired-devices.ts";
import type { DesiredRule } from "./model/firewall-rules.ts";
import type { BridgeSettings, ObservedNetwork } from "./model/observed.ts";
import { type SwitchPorts, TAPS } from "./model/switch-ports.ts";
import { uplinkDevices } from "./uplink-devices.ts";

/** Target state of the kernel's network. */
export interface DesiredNetwork {
  /** Bridges come before their ports. */
  readonly devices: readonly DesiredDevice[];
  readonly redirects: readonly Redirect[];
  readonly addresses: readonly DesiredAddress[];
  /** Null on a member that is not the internet router's. */
  readonly route: DesiredRoute | null;
  /** Null if the fabric or this host has IPv4 only. */
  readonly route6: DesiredRoute | null;
  readonly rules: readonly DesiredRule[];
  readonly managerFiles: readonly ManagerFile[];
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
  /** Taps by default. */
  readonly switchPorts?: SwitchPorts;
}

/** @param observed decides which firewall rules and which network managers' files are needed. */
export function desiredNetwork(
  fabric: Fabric,
  observed: ObservedNetwork,
  { snatAddress, switchPorts = TAPS }: DesiredSettings,
): DesiredNetwork {
  const { host, prefix } = fabric;
  const route6 = observed.ipv6 && hasHostLink(fabric) ? desiredRoute6(fabric) : null;
  return {
    devices: [
      ...fabric.links.map(({ bridge }) => desiredBridge(bridge, host.mark, route6)),
      ...fabric.links.flatMap(({ bridge, interfaces }) =>
        interfaces.flatMap(({ name, mac, mtu, kind, end }): readonly DesiredPort[] => {
          const port = {
            name,
            mac,
            mtu,
            group: host.mark.linkGroup,
            bridge: bridge.name,
            learning: false,
            owner: host.user,
          };
          if (end.kind !== "node" || switchPorts.kind === "tap") {
            return [{ ...port, kind }];
          }
          return switchPorts.running.includes(end.node) ? [{ ...port, kind: switchPorts.kind }] : [];
        }),
      ),
      ...cutDevices(fabric),
      ...uplinkDevices(fabric, switchPorts),
    ],
    redirects: cutRedirects(fabric),
    addresses: fabric.links.flatMap(({ bridge }) =>
      bridge.addresses
        .filter(({ address }) => address.family === 4 || route6 !== null)
        .map((address) => ({ device: bridge.name, address })),
    ),
    route: hasHostLink(fabric)
      ? { prefix, gateway: host.gateway, device: host.bridge, source: host.address.address }
      : null,
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
  mark: FabricMark,
  route6: DesiredRoute | null,
): DesiredBridge {
  const isHosts = addresses.length > 0;
  return {
    ...{ kind: "bridge", name, mac, mtu, arp: isHosts },
    ipv6: name === route6?.device,
    group: isHosts ? mark.bridgeGroup : mark.linkGroup,
    alias: isHosts ? mark.alias : null,
  };
}
