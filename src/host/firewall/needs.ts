import { hasHostLink } from "../../fabric/member-part.ts";
import type { Fabric, HostPlan, InterfaceName } from "../../fabric/types.ts";
import { leavesByHost } from "../../fabric/uplink.ts";
import type { Uplink } from "../../fabric/uplink-types.ts";
import type { Address } from "../../net/address.ts";
import type { Prefix } from "../../net/prefix.ts";
import type { Family } from "../model/firewall.ts";
import { hasAddress, type ObservedNetwork } from "../model/observed.ts";

export interface FirewallNeeds {
  readonly prefix: Prefix;
  readonly host: HostPlan;
  /** Resolved from `auto`. */
  readonly snatAddress: string;
  readonly wayOut: Uplink;
  /** False on a host that has links of the fabric, but none that leads to the host itself. */
  readonly hasHostLink: boolean;
  /** Prefix of the host's link. */
  readonly hostPrefix: Prefix;
  /** First and last loopback of the switches. */
  readonly loopbacks: readonly [string, string];
  /** First and last TCP port at which the host answers for the switches' VNC consoles. */
  readonly vncPorts: readonly [number, number];
  /** The host's uplink; null if it has none. */
  readonly uplink: HostUplink | null;
  readonly bridgeNetfilter: Readonly<Record<Family, boolean>>;
  /** Null if the fabric or this host has IPv4 only. */
  readonly v6: FirewallNeeds6 | null;
}

export interface FirewallNeeds6 {
  readonly prefix: Prefix;
  readonly hostPrefix: Prefix;
  readonly loopbackPrefix: Prefix;
  /** True if the source of traffic that leaves the fabric is translated (NAT66). */
  readonly nat: boolean;
  readonly uplink: HostUplink | null;
}

export interface HostUplink {
  readonly device: InterfaceName;
  /** The host's own networks on that device. */
  readonly prefixes: readonly Prefix[];
}

/** Packets of the whole fabric to the outside, or the internet router's BGP session with a neighbor there. */
export type SnattedTraffic =
  | { readonly kind: "fabric" }
  | { readonly kind: "bgp"; readonly neighbor: Address };

/** @param snatAddress resolved from `auto` */
export function firewallNeeds(fabric: Fabric, observed: ObservedNetwork, snatAddress: string): FirewallNeeds {
  const { prefix, host, hostPrefix, nodes } = fabric;
  const loopbacks = nodes.map(({ loopback }) => String(loopback));
  const ports = nodes.map(({ machine }) => machine.vncPort);
  return {
    prefix,
    host,
    snatAddress,
    wayOut: fabric.uplink,
    hasHostLink: hasHostLink(fabric),
    hostPrefix,
    loopbacks: [loopbacks[0] ?? "", loopbacks.at(-1) ?? ""],
    vncPorts: [Math.min(...ports), Math.max(...ports)],
    uplink: findUplink(observed),
    bridgeNetfilter: observed.bridgeNetfilter,
    v6: needs6(fabric, observed),
  };
}

function needs6({ networks6, host, uplink }: Fabric, observed: ObservedNetwork): FirewallNeeds6 | null {
  if (networks6 === undefined || !observed.ipv6) {
    return null;
  }
  const { prefix, hostPrefix, loopbackPrefix } = networks6;
  return {
    ...{ prefix, hostPrefix, loopbackPrefix, nat: leavesByHost(uplink) && host.uplink6?.nat === true },
    uplink: findUplink6(observed),
  };
}

function findUplink6({ devices, v6: { routes } }: ObservedNetwork): HostUplink | null {
  const [best] = routes
    .filter(({ destination, devices }) => destination === "default" && devices.length > 0)
    .toSorted((a, b) => a.metric - b.metric);
  const device = devices.find(({ name }) => best?.devices.includes(name));
  return device === undefined
    ? null
    : { device: device.name, prefixes: device.addresses6.map(({ prefix }) => prefix) };
}

/**
 * Returns the device with the source address that the kernel chooses for outgoing packets, or else that of the default
 * route.
 */
function findUplink({ devices, routes, uplinkAddress }: ObservedNetwork): HostUplink | null {
  const defaultDevices = routes
    .filter(({ destination }) => destination === "default")
    .flatMap((r) => r.devices);
  const device =
    devices.find((each) => uplinkAddress !== null && hasAddress(each, uplinkAddress)) ??
    devices.find(({ name }) => defaultDevices.includes(name));
  return device === undefined
    ? null
    : { device: device.name, prefixes: device.addresses.map(({ prefix }) => prefix) };
}
