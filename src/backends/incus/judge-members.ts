import { type MissingRequirement, PreflightError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import { formatSwitchNames, type LostMember, switchesOn } from "../../hosts/lost-members.ts";
import type { MemberState } from "../../incus/cluster-state.ts";

/** What came of asking the members. */
export interface MemberAnswers {
  /** All members of the cluster. */
  readonly states: readonly MemberState[];
  /** Why some don't answer by ssh, by name. */
  readonly ssh: ReadonlyMap<string, string>;
}

type Placed = Pick<Fabric, "nodes" | "cluster">;

/**
 * Returns the members of the plan that don't answer, which `up` leaves out.
 * @throws PreflightError if that is of no use, or the cluster has no member of a name.
 */
export function judgeMembers(fabric: Placed, answers: MemberAnswers): readonly LostMember[] {
  const unknown = unknownMembers(fabric, answers.states);
  if (unknown.length > 0) {
    throw new PreflightError(unknown);
  }
  const lost = lostMembers(fabric, answers);
  const hopeless = hopelessMembers(fabric, lost);
  if (hopeless.length > 0) {
    throw new PreflightError(hopeless);
  }
  return lost;
}

function lostMembers(fabric: Placed, { states, ssh }: MemberAnswers): readonly LostMember[] {
  return (fabric.cluster?.members ?? []).flatMap((member) => {
    const state = states.find(({ name }) => name === member.name);
    const why = ssh.get(member.name) ?? (state === undefined ? undefined : silence(state));
    return why === undefined ? [] : [{ name: member.name, why, switches: switchesOn(fabric, [member]) }];
  });
}

/** Returns why the cluster can't use a member; undefined if it can. */
function silence({ answers, isUsable, online, message, url }: MemberState): string | undefined {
  if (!answers) {
    return `no answer from ${url}`;
  }
  return online && isUsable ? undefined : `the cluster does not reach it: ${message || "no answer"}`;
}

/** Members without a switch may be missing: they are needed for nothing. */
function unknownMembers(fabric: Placed, states: readonly MemberState[]): readonly MissingRequirement[] {
  const used = new Set(fabric.nodes.flatMap(({ member }) => member ?? []));
  return [...used]
    .filter((name) => !states.some((one) => one.name === name))
    .map((name) => ({
      what: `the cluster has no member ${name}`,
      why: placedThere(fabric, name),
      fix: `HOSTS: its members are ${states.map((one) => one.name).join(", ")}`,
    }));
}

/** Returns those without which no switch could converge. */
function hopelessMembers(fabric: Placed, lost: readonly LostMember[]): readonly MissingRequirement[] {
  const internet = fabric.nodes.find(({ role }) => role === "internet")?.member;
  const withInternet = lost.find(({ name }) => name === internet);
  const used = lost.filter(({ switches }) => switches.length > 0);
  if (fabric.nodes.every(({ name }) => used.some(({ switches }) => switches.includes(name)))) {
    return used.map(({ name, why }) => ({
      what: `${name} is down: ${why}`,
      why: placedThere(fabric, name),
      fix: "bring it up again, or change PLACE",
    }));
  }
  return withInternet === undefined
    ? []
    : [
        {
          what: `${withInternet.name} is down: ${withInternet.why}`,
          why: "the internet router is placed there, and no other switch is reached without it",
          fix: "bring it up again, or move the router with PLACE, such as PLACE=internet=MEMBER",
        },
      ];
}

function placedThere(fabric: Placed, member: string): string {
  return `switches are placed there: ${formatSwitchNames(fabric, switchesOn(fabric, [{ name: member }]))}`;
}
