import type { InterfaceName } from "../../fabric/types.ts";

/** The state of a switch as its programs report it, addresses included; nothing in it comes from the plan. */
export interface NodeObservation {
  readonly frr: Seen<FrrObservation>;
  readonly interfaces: Seen<ReadonlyMap<InterfaceName, InterfaceState>>;
  /** Routes of the main table by prefix, `0.0.0.0/0` for the default one. */
  readonly routes: Seen<ReadonlyMap<string, readonly RouteHop[]>>;
  /** The VLANs of bridges, by port, including the bridge itself. */
  readonly vlans: Seen<ReadonlyMap<InterfaceName, ReadonlySet<number>>>;
  readonly lldp: Seen<ReadonlyMap<InterfaceName, readonly LldpNeighbor[]>>;
  readonly dhcp: Seen<DhcpObservation>;
  readonly dhcp6: Seen<DhcpObservation>;
  /** Senders of frames, by the ports that these came in by. */
  readonly macs: Seen<readonly SeenMac[]>;
  /** Keys of the probes that were answered. */
  readonly answered: Seen<ReadonlySet<string>>;
}

/** The result of querying a switch. */
export interface Observation {
  readonly observation: NodeObservation;
  /** The reason why it could not be queried: `off`; null if it answered. */
  readonly unreachable: string | null;
  readonly durationMs: number;
}

/** The answer of a source, or the reason why it is missing. */
export type Seen<T> =
  | { readonly seen: true; readonly value: T }
  | {
      readonly seen: false;
      readonly why: string;
      /** True if another item reports the cause: a switch that is off counts as one difference. */
      readonly toldElsewhere: boolean;
    };

export function seen<T>(value: T): Seen<T> {
  return { seen: true, value };
}

export function unseen(why: string): Seen<never> {
  return { seen: false, why, toldElsewhere: false };
}

/** Returns both answers, or the reason why one is missing. */
export function bothSeen<A, B>(one: Seen<A>, other: Seen<B>): Seen<readonly [A, B]> {
  if (!one.seen) {
    return one;
  }
  return other.seen ? seen([one.value, other.value]) : other;
}

/** The observation of a switch that could not be queried. */
export function nothingSeen(why: string): NodeObservation {
  const source = { seen: false, why, toldElsewhere: true } as const;
  return {
    frr: source,
    interfaces: source,
    routes: source,
    vlans: source,
    lldp: source,
    dhcp: source,
    dhcp6: source,
    macs: source,
    answered: source,
  };
}

export interface FrrObservation {
  /** `bgpd`, `zebra`, … */
  readonly daemons: readonly string[];
  readonly sessions: ReadonlyMap<InterfaceName, SessionState>;
  /** Interfaces whose neighbor exceeded its prefix limit, so that FRR tore the session down. */
  readonly cutOff: readonly InterfaceName[];
  readonly prefixes: readonly BgpPrefix[];
  readonly bfd: ReadonlyMap<InterfaceName, BfdState>;
}

export interface SessionState {
  /** FRR's names (RFC 4271, section 8.2.2). */
  readonly state: string;
  readonly remoteAs: number;
  /** The neighbor's address, which its paths also have. */
  readonly address: string;
  /** `IPv4` and `IPv6`, if both ends agreed on the family. */
  readonly families: readonly string[];
  /** Number of accepted IPv4 prefixes. */
  readonly accepted: number;
  /** Number of sent prefixes of IPv4, and of IPv6. */
  readonly sent: number;
  readonly sent6: number;
}

/** One path to a prefix. */
export interface BgpPrefix {
  readonly prefix: string;
  /** Address of the neighbor that announced it. */
  readonly from: string;
  /** The AS of its origin; null for the switch's own. */
  readonly originAs: number | null;
}

export interface BfdState {
  readonly status: string;
  /** The diagnostic of RFC 5880, section 4.1; `ok` for none. */
  readonly diagnostic: string;
}

export interface InterfaceState {
  readonly up: boolean;
  readonly carrier: boolean;
  readonly mtu: number;
  readonly master: InterfaceName | null;
  readonly addresses: readonly string[];
}

/** One next hop that packets can take. */
export interface RouteHop {
  readonly device: InterfaceName;
  /** Null on a connected route. */
  readonly via: string | null;
}

export interface LldpNeighbor {
  readonly system: string;
  readonly port: string;
}

export interface DhcpObservation {
  /** The addresses on which the DHCP server listens: `192.168.110.1`; of DHCPv6 the interfaces. */
  readonly listening: readonly string[];
  /** The subnets in Kea's configuration. */
  readonly subnets: readonly string[];
  readonly interfaces: readonly InterfaceName[];
  readonly leases: readonly Lease[];
}

export interface SeenMac {
  readonly device: InterfaceName;
  readonly mac: string;
  /** Null where frames were untagged. */
  readonly vlan: number | null;
}

export interface Lease {
  readonly address: string;
  readonly mac: string;
}
