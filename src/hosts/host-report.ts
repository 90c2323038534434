import type { HostRoom } from "./member-facts.ts";
import type { MemberReport } from "./members.ts";

/** `unknown`: it answers, but its cluster does not. */
export type HostState = "online" | "offline" | "no ssh" | "not in the cluster" | "unknown";

/** What is planned on a host, what it has, and what is there. */
export interface HostReport extends MemberReport {
  /** Null if nobody was asked. */
  readonly state: HostState | null;
  /** Why it is not online, and what to do. */
  readonly reason: string | null;
  /** Null if it does not answer. */
  readonly room: HostRoom | null;
  readonly reserved: Reserved | null;
  /** Names of the fabric's switches that run there, planned or not; null if not known. */
  readonly running: readonly string[] | null;
  /** Rack positions there where somebody is attached; null if it does not answer. */
  readonly servers: readonly { readonly rack: number; readonly position: number }[] | null;
}

/** What running switches and VMs may take at most. Those without a limit don't count. */
export interface Reserved {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly diskMiB: number;
}

export interface HostsReport {
  readonly members: readonly HostReport[];
  /** Differences from the plan, a line each. A fabric that is down does not differ by its switches. */
  readonly differences: readonly string[];
}

/** An answer, or why there is none. */
export type Asked<Answer> = { readonly found: Answer } | { readonly reason: string };

/**
 * Returns the state of a member, by what its cluster says of it and whether it answers itself.
 * @param answer its own.
 */
export function hostState(
  { name }: Pick<MemberReport, "name">,
  cluster: Asked<{
    readonly members: readonly {
      readonly name: string;
      readonly online: boolean;
      readonly message: string;
    }[];
  }>,
  answer: Asked<unknown>,
): { readonly state: HostState; readonly reason: string | null } {
  if ("found" in cluster) {
    const { members } = cluster.found;
    const member = members.find((one) => one.name === name);
    if (member === undefined) {
      const known = members.map((one) => one.name).join(", ");
      return { state: "not in the cluster", reason: `its members are ${known}` };
    }
    if (!member.online) {
      return { state: "offline", reason: member.message };
    }
  }
  if ("reason" in answer) {
    return { state: "no ssh", reason: answer.reason };
  }
  return "reason" in cluster
    ? { state: "unknown", reason: `the cluster does not answer: ${cluster.reason}` }
    : { state: "online", reason: null };
}

/** A switch, and what it may take at most; null: it has no such limit. */
export interface Placed {
  readonly name: string;
  /** Null: this host. */
  readonly member: string | null;
  readonly state: string;
  readonly vcpus: number | null;
  readonly memoryMiB: number | null;
  readonly diskMiB: number | null;
}

export function reservedBy(switches: readonly Placed[]): Reserved {
  const sum = (of: (one: Placed) => number | null) =>
    switches.filter(isOn).reduce((total, one) => total + (of(one) ?? 0), 0);
  return {
    vcpus: sum(({ vcpus }) => vcpus),
    memoryMiB: sum(({ memoryMiB }) => memoryMiB),
    diskMiB: sum(({ diskMiB }) => diskMiB),
  };
}

/** A frozen one keeps what it has. */
export function isOn({ state }: Pick<Placed, "state">): boolean {
  return state === "running" || state === "frozen";
}

/**
 * Returns a line for each host that is not online, and for each switch that is not where it is planned.
 * @param switches null if not known. If there are none, the fabric is down, and its switches are no difference.
 */
export function hostDifferences(
  hosts: readonly Pick<HostReport, "name" | "state" | "reason" | "switches">[],
  switches: readonly Placed[] | null,
): readonly string[] {
  const lines = hosts.flatMap(({ name, state, reason }) =>
    state === "online" ? [] : [`${name}: ${describeState(state, reason)}`],
  );
  if (switches === null || switches.length === 0) {
    return lines;
  }
  const planned = new Map(hosts.flatMap((host) => host.switches.map((name) => [name, host] as const)));
  // A cluster tells nothing about the switches of a member that is down.
  const missing = [...planned].flatMap(([name, host]) =>
    host.state !== "online" || switches.some((one) => one.name === name)
      ? []
      : [`${name} is missing${on(host.name)}`],
  );
  return [...lines, ...missing, ...switches.flatMap((one) => differenceOf(one, planned.get(one.name)))];
}

function describeState(state: HostState | null, reason: string | null): string {
  const [short, long] = [state ?? "unknown", reason ?? ""];
  return long.startsWith(short) ? long : [short, long].filter((word) => word !== "").join(": ");
}

function differenceOf(
  { name, member, state }: Placed,
  planned: Pick<HostReport, "name"> | undefined,
): readonly string[] {
  if (planned === undefined) {
    return [`${name}${on(member)} is not planned`];
  }
  if (planned.name !== member) {
    return [`${name} is${on(member)}, planned${on(planned.name)}`];
  }
  return state === "running" ? [] : [`${name}${on(member)} is ${state}`];
}

function on(member: string | null): string {
  return member === null ? "" : ` on ${member}`;
}
