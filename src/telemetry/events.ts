import { formatTimeOfDay } from "../format/time.ts";

/** What events are about. */
export const EVENT_KINDS = ["node", "link", "session", "lease", "fault"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** The state of a fabric in words: of each kind, the state of each subject, `leaf1` → `running`. */
export type FabricState = Readonly<Record<EventKind, ReadonlyMap<string, string>>>;

/** The state of a fabric of which nothing was seen yet. */
export const NOTHING: FabricState = {
  node: new Map(),
  link: new Map(),
  session: new Map(),
  lease: new Map(),
  fault: new Map(),
};

/** A change of a fabric. */
export interface FabricEvent {
  /** When it was seen, in ISO 8601, UTC. */
  readonly time: string;
  readonly kind: EventKind;
  /** `leaf1`, `spine1 ens5 – leaf1 ens4`, `leaf1 192.168.110.20`. */
  readonly subject: string;
  /** Its state before; null if it is new. */
  readonly from: string | null;
  /** Null if it is gone. */
  readonly to: string | null;
}

/** Returns what differs between two states, kind by kind, in the order of the plan. */
export function fabricEvents(before: FabricState, after: FabricState, time: Date): readonly FabricEvent[] {
  return EVENT_KINDS.flatMap((kind) => {
    const subjects = new Set([...before[kind].keys(), ...after[kind].keys()]);
    return [...subjects].flatMap((subject): FabricEvent[] => {
      const from = before[kind].get(subject) ?? null;
      const to = after[kind].get(subject) ?? null;
      return from === to ? [] : [{ time: time.toISOString(), kind, subject, from, to }];
    });
  });
}

/** Formats a line: `14:02:03 UTC session leaf1 ens4 – spine1 ens5: Established → Idle`. */
export function formatEvent({ time, kind, subject, from, to }: FabricEvent): string {
  const change = from === null ? `${to}` : `${from} → ${to ?? "gone"}`;
  return `${formatTimeOfDay(time)} ${kind.padEnd(7)} ${subject}: ${change}`;
}
