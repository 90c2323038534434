/*
 * What the page knows of the fabric while it runs. This is plain JSON: the server sends it, and the page reads it.
 */

/** A fabric as it was at one moment. */
export interface LabState {
  /** Name of the fabric. */
  readonly name: string;
  /** Changes with the plan, which is read again then. */
  readonly plan: string;
  /** Name of the switches' backend. */
  readonly backend: string;
  /** What switches of this backend have. */
  readonly has: { readonly console: boolean; readonly vnc: boolean };
  /** False if neither a switch nor the host's network is up. */
  readonly running: boolean;
  readonly asPlanned: boolean;
  /** Faults and damaged files, a line each. */
  readonly notes: readonly string[];
  /** Why the fabric could not be observed; null if it was. */
  readonly problem: string | null;
  /** What this server is doing for a request that takes long: `Start the switches: leaf3`; null if nothing. */
  readonly work: string | null;
  readonly host: HostState;
  /** VMs in the racks. */
  readonly vms: readonly VmView[];
  /** By name. */
  readonly nodes: Readonly<Record<string, NodeState>>;
  /** By bridge. */
  readonly links: Readonly<Record<string, LinkView>>;
  /** By bridge, of links with traffic. */
  readonly rates: Readonly<Record<string, LinkRates>>;
  /** The last ones, the newest at the end. */
  readonly events: readonly LabEvent[];
}

export interface HostState {
  readonly processors: number;
  readonly load: number;
  readonly memoryMiB: number;
  readonly usedMiB: number;
}

export interface VmView {
  readonly name: string;
  /** Null if it is not known, of a damaged one. The next likewise. */
  readonly rack: number | null;
  readonly position: number | null;
  readonly profile: string | null;
  readonly state: "running" | "off" | "damaged";
}

export interface NodeState {
  readonly state: "running" | "silent" | "frozen" | "stopped";
  readonly reachable: boolean;
  /** When it was started, in ms since the epoch; null if it is off. */
  readonly sinceMs: number | null;
  /** `up` is null if the switch can't be queried. */
  readonly sessions: { readonly up: number | null; readonly planned: number };
  /** A line for each planned session that is not established. */
  readonly missing: readonly string[];
}

export interface LinkView {
  readonly state: "up" | "down" | "blackholed" | "impaired" | "missing";
  /** `impaired: loss 1 % each way` */
  readonly text: string;
  /** True if something is attached at both ends. */
  readonly carrier: boolean;
  /** State of the BGP session on it; null if none is planned, or it is not known. */
  readonly session: "up" | "down" | null;
}

/** Per second, from the end named first to the other, and back. */
export interface LinkRates {
  readonly there: Rate;
  readonly back: Rate;
}

export interface Rate {
  readonly packets: number;
  readonly bits: number;
}

export interface LabEvent {
  /** Counts up. */
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  readonly tone: "good" | "bad" | "doubtful";
  /** The switch's name, or the link's bridge; null for the whole fabric. */
  readonly subject: string | null;
  readonly text: string;
}

/** What a state has that an earlier one has not. Absent parts are as before. */
export interface LabChange {
  readonly plain?: Partial<Omit<LabState, Keyed | "events">>;
  /** Null: gone. */
  readonly nodes?: Changes<NodeState>;
  readonly links?: Changes<LinkView>;
  readonly rates?: Changes<LinkRates>;
  readonly events?: readonly LabEvent[];
}

export type Changes<T> = Readonly<Record<string, T | null>>;

/** Parts of a state that are transferred item by item. */
export const KEYED = ["nodes", "links", "rates"] as const;
export type Keyed = (typeof KEYED)[number];

/** Number of events that are kept. */
export const MAX_EVENTS = 200;

/** A message to those who watch. */
export type LabUpdate =
  | { readonly kind: "state"; readonly state: LabState }
  | { readonly kind: "change"; readonly change: LabChange };
