import { CommandError, type MissingRequirement, PreflightError } from "../errors.ts";
import type { MemberPart } from "../fabric/member-part.ts";
import type { SwitchPorts } from "../host/model/switch-ports.ts";
import { type StartResult, startHostNetwork } from "../host/start.ts";
import { type HostNetworkStatus, hostNetworkStatus, type StatusSettings } from "../host/status.ts";
import { type StopResult, stopHostNetwork } from "../host/stop.ts";
import type { Address } from "../net/address.ts";
import type { ConnectedMember } from "./connect.ts";

export interface MemberNetworkOptions {
  /** Folder, on each member, of the record of its own settings. */
  readonly stateDir: string;
  readonly dnsServers: readonly Address[];
  /** The switches that run, on any member. */
  readonly running: readonly string[];
  readonly keepFaults?: boolean;
  readonly dryRun?: boolean;
  /** Called with the member's name. */
  readonly onWarning?: (member: string, text: string) => void;
  readonly interrupted?: AbortSignal | undefined;
}

/** A result for each member, by its name. */
export type ByMember<Result> = Readonly<Record<string, Result>>;

/**
 * Makes the network of every member match its part of the plan, as startHostNetwork does for one host.
 * @throws PreflightError with what all members lack, before their own changes.
 * @throws CommandError of the first member that failed; its changes were undone, those of others stay.
 */
export function startMemberNetworks(
  members: readonly ConnectedMember[],
  options: MemberNetworkOptions,
): Promise<ByMember<StartResult>> {
  return onEach(members, ({ part, host }) =>
    startHostNetwork(host, part.fabric, { ...optionsOf(part, options), switchPorts: portsOf(part, options) }),
  );
}

/** Removes all that is ours from the members' networks, as stopHostNetwork does for one host. */
export function stopMemberNetworks(
  members: readonly ConnectedMember[],
  options: Omit<MemberNetworkOptions, "dnsServers" | "running">,
): Promise<ByMember<StopResult>> {
  return onEach(members, ({ part, host }) =>
    stopHostNetwork(host, part.fabric, optionsOf(part, { ...options, dnsServers: [] })),
  );
}

/** Compares the members' networks with their parts of the plan. */
export function memberNetworkStatus(
  members: readonly ConnectedMember[],
  options: StatusSettings & Pick<MemberNetworkOptions, "running">,
): Promise<ByMember<HostNetworkStatus>> {
  return onEach(members, ({ part, host }) =>
    hostNetworkStatus(host, part.fabric, options, portsOf(part, options)),
  );
}

function optionsOf(
  { member }: MemberPart,
  { onWarning = () => {}, ...options }: Omit<MemberNetworkOptions, "running">,
) {
  return { ...options, onWarning: (text: string) => onWarning(member.name, text) };
}

/** A switch's end of a link is made with the switch, by the cluster. */
function portsOf({ nodes }: MemberPart, { running }: Pick<MemberNetworkOptions, "running">): SwitchPorts {
  return { kind: "veth", running: running.filter((name) => nodes.includes(name)) };
}

/** Works on all members at the same time, and waits for all of them, whatever happens on one. */
async function onEach<Result>(
  members: readonly ConnectedMember[],
  work: (member: ConnectedMember) => Promise<Result>,
): Promise<ByMember<Result>> {
  const results = await Promise.allSettled(members.map(work));
  const failures = results.flatMap((result, index) =>
    result.status === "rejected"
      ? [{ name: members[index]?.part.member.name ?? "", error: result.reason }]
      : [],
  );
  const [first] = failures;
  if (first !== undefined) {
    const missing = failures.flatMap(({ name, error }) =>
      error instanceof PreflightError ? error.missing.map((item) => named(name, item)) : [],
    );
    throw missing.length > 0 ? new PreflightError(missing) : naming(first.name, first.error);
  }
  return Object.fromEntries(
    results.flatMap((result, index) =>
      result.status === "fulfilled" ? [[members[index]?.part.member.name ?? "", result.value]] : [],
    ),
  );
}

function named(member: string, { what, why, fix }: MissingRequirement): MissingRequirement {
  return { what: `${member}: ${what}`, why, fix };
}

/** Adds the member's name to a failed command. */
function naming(member: string, error: unknown): unknown {
  return error instanceof CommandError && !error.command.startsWith(`${member}: `)
    ? new CommandError(`${member}: ${error.command}`, error.exitCode, error.stderr, error, error.end)
    : error;
}
