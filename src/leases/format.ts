import { formatDuration } from "../format/duration.ts";
import { formatTable } from "../format/table.ts";
import type { LeaseReport, LeasesReport } from "./report.ts";

/** A line for each address, and one for each DHCP server that did not answer. */
export function formatLeases({ leases, unknown }: LeasesReport, now: Date): string {
  return formatTable(
    ["RACK", "LEAF", "ADDRESS", "MAC", "NAME", "STATE", "EXPIRES", "RESERVED"],
    [
      ...leases.map((lease) => [
        lease.rack,
        lease.leaf,
        lease.address,
        lease.mac,
        lease.hostname,
        stateCell(lease),
        lease.state === "active" ? timeLeft(lease, now) : null,
        lease.reserved ? "yes" : null,
      ]),
      ...unknown.map(({ rack, leaf, why }) => [
        rack,
        leaf,
        null,
        null,
        null,
        { tone: "bad", value: why } as const,
      ]),
    ],
  );
}

function stateCell({ state }: LeaseReport) {
  switch (state) {
    case null:
      return "not leased";
    case "active":
      return { tone: "good", value: state } as const;
    default:
      return { tone: "doubtful", value: state } as const;
  }
}

function timeLeft({ expires }: LeaseReport, now: Date): string {
  return `in ${formatDuration(Math.max(0, (Date.parse(expires ?? "") - now.getTime()) / 1000))}`;
}
