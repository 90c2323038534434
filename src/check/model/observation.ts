import type { InterfaceName } from "../../fabric/types.ts";

/** The state of a switch as its programs report it, addresses included; nothing in it comes from the plan. */
export interface NodeObservation {
  readonly frr: Seen<FrrObservation>;
  readonly interfaces: Seen<ReadonlyMap<InterfaceName, InterfaceState>>;
  /** Routes of the main table by prefix, `0.0.0.0/0` for the default one. */
  readonly routes: Seen<ReadonlyMap<string, readonly RouteHop[]>>;
  /** VLANs that bridges pass on, of each of their ports and of their own. */
  readonly vlans: Seen<ReadonlyMap<InterfaceName, ReadonlySet<number>>>;
  readonly lldp: Seen<ReadonlyMap<InterfaceName, readonly LldpNeighbor[]>>;
  readonly dhcp: Seen<DhcpObservation>;
  /** Senders of frames, by the ports that these came in by. */
  readonly macs: Seen<readonly SeenMac[]>;
  /** Keys of the probes that were answered. */
  readonly answered: Seen<ReadonlySet<string>>;
}

/** The result of querying a switch. */
export interface Observation {
  readonly observation: NodeObservation;
  /** Why it could not be queried: `off`; null if it answered. */
  readonly unreachable: string | null;
  readonly durationMs: number;
}

/** The answer of a source, or why there is none. */
export type Seen<T> =
  | { readonly seen: true; readonly value: T }
  | {
      readonly seen: false;
      readonly why: string;
      /** Whether another item reports the cause: a switch that is off counts as one difference. */
      readonly toldElsewhere: boolean;
    };

export function seen<T>(value: T): Seen<T> {
  return { seen: true, value };
}

export function unseen(why: string): Seen<never> {
  return { seen: false, why, toldElsewhere: false };
}

/** Both answers, or why one is missing. */
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
    macs: source,
    answered: source,
  };
}

export interface FrrObservation {
  /** `bgpd`, `zebra`, … */
  readonly daemons: readonly string[];
  readonly sessions: ReadonlyMap<InterfaceName, SessionState>;
  /** Interfaces whose neighbor announced more prefixes than it may, so that FRR tore the session down. */
  readonly cutOff: readonly InterfaceName[];
  readonly prefixes: readonly BgpPrefix[];
  readonly bfd: ReadonlyMap<InterfaceName, BfdState>;
}

export interface SessionState {
  /** FRR's names (RFC 4271, section 8.2.2). */
  readonly state: string;
  readonly remoteAs: number;
  /** Of the neighbor: its paths have it. */
  readonly address: string;
  /** `IPv4` and `IPv6`, where both ends agreed on it. */
  readonly families: readonly string[];
  /** IPv4 prefixes. */
  readonly accepted: number;
  readonly sent: number;
}

/** One path to an IPv4 prefix. */
export interface BgpPrefix {
  readonly prefix: string;
  /** Address of the neighbor that told of it. */
  readonly from: string;
  /** The AS that it comes from; null for the switch's own. */
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
  /** Where DHCP is listened for: `192.168.110.1`. */
  readonly listening: readonly string[];
  /** In Kea's configuration. */
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
