import { type MemberPart, memberParts } from "../fabric/member-part.ts";
import type { Fabric } from "../fabric/types.ts";
import { formatTable } from "../format/table.ts";

/** A host of the switches, and what is planned there. */
export interface MemberReport {
  /** Name of the member of a cluster; null: this host. So are the next three. */
  readonly name: string | null;
  readonly address: string | null;
  readonly login: string | null;
  readonly weight: number | null;
  readonly racks: readonly number[];
  readonly switches: readonly string[];
  /** Number of its links, and of those with an end on another member. */
  readonly links: number;
  readonly crossingLinks: number;
}

/** Returns the members in their order, or this host. */
export function reportMembers(fabric: Fabric): readonly MemberReport[] {
  const { nodes, cluster } = fabric;
  return cluster === undefined
    ? [
        {
          ...{ name: null, address: null, login: null, weight: null },
          ...placed(fabric, { nodes: nodes.map(({ name }) => name), fabric }),
        },
      ]
    : memberParts(fabric).map((part) => ({
        name: part.member.name,
        address: String(part.member.address),
        login: part.member.login,
        weight: part.member.weight,
        ...placed(fabric, part),
      }));
}

function placed({ racks }: Fabric, { nodes, fabric: { links } }: Pick<MemberPart, "nodes" | "fabric">) {
  return {
    racks: racks.filter(({ leaves }) => nodes.includes(leaves[0])).map(({ number }) => number),
    switches: nodes,
    links: links.length,
    crossingLinks: links.filter(({ cut }) => cut !== undefined).length,
  };
}

/** Returns a line for each host, with what is planned there. */
export function formatMembers(members: readonly MemberReport[]): string {
  return formatTable(
    ["MEMBER", "ADDRESS", "LOGIN", "WEIGHT", "LINKS", "CROSSING", "RACKS", "SWITCHES"],
    members.map((member) => [
      ...[hostName(member), member.address, member.login, member.weight, member.links, member.crossingLinks],
      ...placeCells(member),
    ]),
  );
}

export function hostName({ name }: Pick<MemberReport, "name">): string {
  return name ?? "this host";
}

/** Returns the cells for its racks and switches. */
export function placeCells({ racks, switches }: MemberReport): readonly (string | null)[] {
  return [racks.join(" ") || null, switches.join(" ") || null];
}
