import { type Cell, formatTable } from "../format/table.ts";
import type { NicReport, PositionReport } from "./report.ts";

/** A line for each position without anybody, and one for each NIC of the others. */
export function formatPositions(positions: readonly PositionReport[]): string {
  const isOnMembers = positions.some(({ member }) => member !== undefined);
  const rows = positions.flatMap((report): readonly (readonly Cell[])[] => {
    const { rack, position, state, nics, member = null } = report;
    const place = [...(isOnMembers ? [member] : []), rack, `U${position}`, stateCell(state)];
    return nics.length === 0 || state === "free"
      ? [place]
      : nics.map((nic, index) => [...(index === 0 ? place : place.map(() => null)), ...nicCells(nic)]);
  });
  const heads = ["RACK", "U", "STATE", "LINK", "CARRIER", "BY", "MAC", "VLANS", "LEASE", "BGP", "ANNOUNCED"];
  return formatTable([...(isOnMembers ? ["MEMBER"] : []), ...heads], rows);
}

function stateCell(state: PositionReport["state"]): Cell {
  return state === "unknown" ? { tone: "doubtful", value: state } : state;
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
