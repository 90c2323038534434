import type { InterfaceName } from "../../fabric/types.ts";

export const IP_FORWARD_PATH = "/proc/sys/net/ipv4/ip_forward";

export function forwardingPath(link: InterfaceName): string {
  return `/proc/sys/net/ipv4/conf/${link}/forwarding`;
}

export function disableIpv6Path(link: InterfaceName): string {
  return `/proc/sys/net/ipv6/conf/${link}/disable_ipv6`;
}
