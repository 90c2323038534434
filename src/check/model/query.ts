import type { InterfaceName } from "../../fabric/types.ts";

/** A source of answers in a switch. */
export type Source = "frr" | "ip" | "ip6" | "vlans" | "lldp" | "dhcp" | "dhcp6" | "macs" | "ping";

/** The queries that run as one program in a switch, or on the host. */
export interface Query {
  readonly sources: ReadonlySet<Source>;
  /** Ports with a BGP session. */
  readonly ports: readonly InterfaceName[];
  /** True if servers may have BGP sessions with it. */
  readonly hasServers: boolean;
  /** True if BGP's IPv6 prefixes are queried, too. */
  readonly ipv6: boolean;
  readonly probes: readonly Probe[];
  /** Timeout of each program. */
  readonly timeoutSeconds: number;
}

/** An echo request that must be answered without fragmentation. */
export interface Probe {
  /** IPv4 or IPv6; a link-local address includes its port: `fe80::a00:27ff:fe06:ac22%ens4`. */
  readonly address: string;
  /** Size of the whole packet, in bytes. */
  readonly size: number;
}

/** Size of ping's default packet. */
export const SMALL_PACKET = 84;

/** `192.168.98.1 84`: the key of an answer. */
export function probeKey({ address, size }: Probe): string {
  return `${address} ${size}`;
}
