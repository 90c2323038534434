import { type Cell, formatTable } from "../format/table.ts";
import { type Tone, toned } from "../format/tone.ts";
import type { HostReport, HostState, HostsReport, Reserved } from "./host-report.ts";
import type { HostRoom } from "./member-facts.ts";
import { hostName, placeCells } from "./members.ts";

const COLUMNS = [
  ...["MEMBER", "STATE", "WEIGHT", "CPUS", "LOAD", "MEMORY", "DISK", "RESERVED"],
  ...["SERVERS", "LINKS", "CROSSING", "RACKS", "SWITCHES"],
];

/** A line for each host, without what is configuration alone, and below them a line for each difference from the plan. */
export function formatHosts({ members, differences }: HostsReport): string {
  return [formatTable(COLUMNS, members.map(cellsOf)), ...differences.map((line) => toned("bad", line))].join(
    "\n",
  );
}

const TONES: Readonly<Record<HostState, Tone>> = {
  ...{ online: "good", offline: "bad", "no ssh": "bad", "not in the cluster": "bad", unknown: "doubtful" },
};

function cellsOf(host: HostReport): readonly Cell[] {
  const { state, weight, room, reserved, servers, links, crossingLinks } = host;
  return [
    hostName(host),
    state === null ? null : { tone: TONES[state], value: state },
    weight,
    ...(room === null ? ["-", "-", "-", "-"] : roomCells(room)),
    reserved === null ? "-" : describeReserved(reserved),
    servers?.length ?? "-",
    ...[links, crossingLinks],
    ...placeCells(host),
  ];
}

/** In use, of what there is. */
function roomCells({ processors, load, memoryMiB, availableMiB, disk }: HostRoom): readonly Cell[] {
  return [
    processors,
    load,
    `${memoryMiB - availableMiB} of ${memoryMiB} MiB`,
    `${Math.round(disk.usedMiB / 1024)} of ${Math.round(disk.sizeMiB / 1024)} GiB`,
  ];
}

function describeReserved({ vcpus, memoryMiB, diskMiB }: Reserved): string {
  const parts = [
    ...(vcpus === 0 ? [] : [`${vcpus} CPU${vcpus === 1 ? "" : "s"}`]),
    ...(memoryMiB === 0 ? [] : [`${memoryMiB} MiB`]),
    ...(diskMiB === 0 ? [] : [`disk ${diskMiB} MiB`]),
  ];
  return parts.join(", ") || "nothing";
}
