import { memberParts } from "../fabric/member-part.ts";
import type { Fabric } from "../fabric/types.ts";
import { formatTable } from "../format/table.ts";

/** A member, and what is planned there. */
export interface MemberReport {
  readonly name: string;
  readonly address: string;
  readonly login: string;
  readonly weight: number;
  readonly switches: readonly string[];
  /** Number of its links, and of those with an end on another member. */
  readonly links: number;
  readonly crossingLinks: number;
}

export function reportMembers(fabric: Fabric): readonly MemberReport[] {
  return memberParts(fabric).map(({ member, nodes, fabric: { links } }) => ({
    name: member.name,
    address: String(member.address),
    login: member.login,
    weight: member.weight,
    switches: nodes,
    links: links.length,
    crossingLinks: links.filter(({ cut }) => cut !== undefined).length,
  }));
}

/** Returns a line for each member. */
export function formatMembers(members: readonly MemberReport[]): string {
  return formatTable(
    ["MEMBER", "ADDRESS", "LOGIN", "WEIGHT", "LINKS", "CROSSING", "SWITCHES"],
    members.map(({ name, address, login, weight, links, crossingLinks, switches }) => [
      ...[name, address, login, weight, links, crossingLinks],
      switches.join(" ") || null,
    ]),
  );
}
