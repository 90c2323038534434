import type { InterfaceName } from "../../fabric/types.ts";

/** Where a switch's answers come from. */
export type Source = "frr" | "ip" | "ip6" | "vlans" | "lldp" | "dhcp" | "ping";

/** All that is asked of one switch, or of the host, in one go. */
export interface Question {
  readonly sources: ReadonlySet<Source>;
  /** Ports with a BGP session. */
  readonly ports: readonly InterfaceName[];
  /** Whether servers may speak BGP with it. */
  readonly hasServers: boolean;
  readonly probes: readonly Probe[];
  /** For each program. */
  readonly timeoutSeconds: number;
}

/** An echo request that has to be answered, never fragmented on its way. */
export interface Probe {
  /** IPv4, or IPv6; a link-local one with its port: `fe80::a00:27ff:fe06:ac22%ens4`. */
  readonly address: string;
  /** Of the whole packet, in bytes. */
  readonly size: number;
}

/** What ping sends by default. */
export const SMALL_PACKET = 84;

/** `192.168.98.1 84`: what an answer is known by. */
export function probeKey({ address, size }: Probe): string {
  return `${address} ${size}`;
}
