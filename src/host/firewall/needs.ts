import type { Fabric, HostPlan, InterfaceName } from "../../fabric/types.ts";
import type { Prefix } from "../../net/prefix.ts";
import type { Family } from "../model/firewall.ts";
import { hasAddress, type ObservedNetwork } from "../model/observed.ts";

export interface FirewallNeeds {
  readonly prefix: Prefix;
  readonly host: HostPlan;
  /** Resolved from `auto`. */
  readonly snatAddress: string;
  /** Prefix of the host's link. */
  readonly hostPrefix: Prefix;
  /** First and last loopback of the switches. */
  readonly loopbacks: readonly [string, string];
  /** First and last TCP port at which the host answers for the switches' VNC consoles. */
  readonly vncPorts: readonly [number, number];
  /** The host's uplink; null if it has none. */
  readonly uplink: Uplink | null;
  readonly bridgeNetfilter: Readonly<Record<Family, boolean>>;
}

export interface Uplink {
  readonly device: InterfaceName;
  /** The host's own networks on that device. */
  readonly prefixes: readonly Prefix[];
}

/** @param snatAddress resolved from `auto` */
export function firewallNeeds(fabric: Fabric, observed: ObservedNetwork, snatAddress: string): FirewallNeeds {
  const { prefix, host, hostPrefix, nodes } = fabric;
  const loopbacks = nodes.map(({ loopback }) => String(loopback));
  const ports = nodes.map(({ machine }) => machine.vncPort);
  return {
    prefix,
    host,
    snatAddress,
    hostPrefix,
    loopbacks: [loopbacks[0] ?? "", loopbacks.at(-1) ?? ""],
    vncPorts: [Math.min(...ports), Math.max(...ports)],
    uplink: findUplink(observed),
    bridgeNetfilter: observed.bridgeNetfilter,
  };
}

/**
 * Returns the device with the source address that the kernel chooses for outgoing packets, or else that of the default
 * route.
 */
function findUplink({ devices, routes, uplinkAddress }: ObservedNetwork): Uplink | null {
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
