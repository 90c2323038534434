import { type CheckReport, summarize, type TimedItem } from "../../../src/check/model/report.ts";

export const items: readonly TimedItem[] = [
  {
    kind: "bgp",
    subject: "leaf1 ens4",
    node: "leaf1",
    expected: "Established with AS 65501, IPv4 and IPv6",
    observed: "Active",
    ok: false,
    durationMs: 12.5,
    explained: false,
  },
  {
    kind: "bgp",
    subject: "leaf1 ens4 received",
    node: "leaf1",
    expected: "16 planned prefixes from spine1",
    observed: "unknown: the session is not established",
    ok: null,
    durationMs: 12.5,
    explained: false,
  },
  {
    kind: "loopback",
    subject: "leaf1 → leaf2 192.168.98.5",
    node: "leaf1",
    expected: "answer",
    observed: "answer",
    ok: true,
    durationMs: 12.5,
    explained: false,
  },
];

export function report(changes: Partial<CheckReport> = {}): CheckReport {
  return {
    version: 1,
    backend: "netns",
    asPlanned: false,
    durationMs: 850,
    summary: summarize(items),
    notes: [],
    faults: [],
    items,
    ...changes,
  };
}
