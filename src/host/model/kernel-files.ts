import type { InterfaceName } from "../../fabric/types.ts";

export const IP_FORWARD_PATH = "/proc/sys/net/ipv4/ip_forward";

/** Forwarding of all interfaces. */
export const IPV6_FORWARD_PATH = "/proc/sys/net/ipv6/conf/all/forwarding";

export function forwardingPath(device: InterfaceName): string {
  return `/proc/sys/net/ipv4/conf/${device}/forwarding`;
}

export function disableIpv6Path(device: InterfaceName): string {
  return `/proc/sys/net/ipv6/conf/${device}/disable_ipv6`;
}

export function acceptRaPath(device: InterfaceName): string {
  return `/proc/sys/net/ipv6/conf/${device}/accept_ra`;
}

export function acceptDadPath(device: InterfaceName): string {
  return `/proc/sys/net/ipv6/conf/${device}/accept_dad`;
}
