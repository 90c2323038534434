import type { Member } from "../fabric/cluster-types.ts";

/** What a member has to do now. */
export interface MemberUse {
  /** Number of what runs there. */
  readonly running: number;
  /** Null if unknown. */
  readonly freeMemoryMiB: number | null;
}

/**
 * Returns the member that takes one more: of those with room for it, the one that has the least for its weight. Members
 * of weight 0 take nothing, and neither do those whose use is unknown, since they may be down. Of equal ones, it is the
 * first, so that the same situation has the same result.
 * @param uses by the member's name.
 * @returns null if no member has room.
 */
export function pickMember(
  members: readonly Member[],
  uses: ReadonlyMap<string, MemberUse>,
  neededMiB: number,
): Member | null {
  const loads = members.flatMap((member) => {
    const use = uses.get(member.name);
    const hasRoom = use !== undefined && (use.freeMemoryMiB ?? neededMiB) >= neededMiB;
    return hasRoom && member.weight > 0 ? [{ member, load: (use.running + 1) / member.weight }] : [];
  });
  return loads.toSorted((a, b) => a.load - b.load)[0]?.member ?? null;
}
