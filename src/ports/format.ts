import { type Cell, formatTable } from "../format/table.ts";
import type { NicReport, PositionReport } from "./report.ts";

/** A line for each free position, and one for each NIC of the others. */
export function formatPositions(positions: readonly PositionReport[]): string {
  const rows = positions.flatMap(({ rack, position, state, nics }): readonly (readonly Cell[])[] =>
    state === "free"
      ? [[rack, `U${position}`, "free"]]
      : nics.map((nic, index) => [
          ...(index === 0 ? [rack, `U${position}`, "occupied"] : [null, null, null]),
          ...nicCells(nic),
        ]),
  );
  const heads = ["RACK", "U", "STATE", "LINK", "CARRIER", "BY", "MAC", "VLANS", "LEASE", "BGP", "ANNOUNCED"];
  return formatTable(heads, rows);
}

function nicCells({
  tap,
  leaf,
  port,
  carrier,
  by,
  macs,
  vlans,
  lease,
  lease6,
  session,
  announced,
  unknown,
}: NicReport) {
  return [
    `${tap} – ${leaf} ${port}`,
    carrier ? "yes" : ({ tone: "doubtful", value: "no" } as const),
    by.join(", "),
    macs.join(", "),
    vlans.join(", "),
    [lease, lease6].flatMap((each) => each?.address ?? []).join(", ") || null,
    unknown === null ? sessionCell(session) : ({ tone: "bad", value: `${leaf} is ${unknown}` } as const),
    announced.join(", "),
  ];
}

function sessionCell(session: NicReport["session"]): Cell {
  if (session === null) {
    return null;
  }
  return session.state === "Established"
    ? { tone: "good", value: `AS ${session.remoteAs}` }
    : { tone: "doubtful", value: session.state };
}
