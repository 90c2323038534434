import { LostMembersError } from "../errors.ts";
import type { Fabric, Node } from "../fabric/types.ts";
import { checkTogether } from "../system/preflight.ts";
import type { ConnectedMember } from "./connect.ts";

/** A member that does not answer, so that nothing can be read or changed there. */
export interface LostMember {
  readonly name: string;
  /** What was tried: `no ssh to root@10.0.0.3: Connection timed out`. */
  readonly why: string;
  /** Names of the switches that are planned there. */
  readonly switches: readonly string[];
}

/** Returns the names of the switches on these members. */
export function switchesOn(
  { nodes }: Pick<Fabric, "nodes">,
  members: readonly { readonly name: string }[],
): readonly string[] {
  return nodes.flatMap(({ name, member }) => (members.some((one) => one.name === member) ? [name] : []));
}

/** Formats switches with their racks: `spine3, leaf5 and leaf6 (rack 3)`. */
export function formatSwitchNames(fabric: Pick<Fabric, "nodes">, names: readonly string[]): string {
  const nodes = fabric.nodes.filter(({ name }) => names.includes(name));
  const racks = new Set(nodes.map(rackOf));
  return [...racks]
    .flatMap((rack) => {
      const own = nodes.filter((node) => rackOf(node) === rack).map(({ name }) => name);
      return rack === null ? own : [`${own.join(" and ")} (rack ${rack})`];
    })
    .join(", ");
}

function rackOf(node: Node): number | null {
  return node.role === "leaf" ? node.rack : null;
}

/** Formats a sentence for each member that `up` leaves out. */
export function formatLost(fabric: Pick<Fabric, "nodes">, lost: readonly LostMember[]): readonly string[] {
  return lost.map(({ name, why, switches }) =>
    switches.length === 0
      ? `${name} does not answer (${why}); no switch is placed there`
      : `${name} does not answer (${why}), so these are missing: ${formatSwitchNames(fabric, switches)}`,
  );
}

/** @throws LostMembersError with the switches that are missing, after `up` has done the rest. */
export function demandAllMembers(fabric: Pick<Fabric, "nodes">, lost: readonly LostMember[]): void {
  const missed = lost.filter(({ switches }) => switches.length > 0);
  if (missed.length === 0) {
    return;
  }
  const names = missed.map(({ name }) => name);
  const are = names.length === 1 ? "is" : "are";
  throw new LostMembersError(
    [
      "The fabric is up, but not all of it:",
      ...formatLost(fabric, missed).map((line) => `  ${line}`),
      `Run 'ikvswitch up' again when ${names.join(" and ")} ${are} back, or move them with PLACE.`,
    ].join("\n"),
  );
}

/**
 * Logs in to all members at the same time.
 * @returns why some don't answer, by name.
 * @throws PreflightError with those that answer, but don't let us in.
 */
export async function unreachableMembers(
  members: readonly ConnectedMember[],
): Promise<ReadonlyMap<string, string>> {
  const reasons = await checkTogether(
    ...members.map(async ({ part, host }) => [part.member.name, await host.reach()] as const),
  );
  return new Map(reasons.flatMap(([name, why]) => (why === undefined ? [] : [[name, why]])));
}
