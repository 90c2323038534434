import type { Settings } from "../config/settings.ts";
import { CommandError, PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { DriftItem } from "../host/model/drift-item.ts";
import type { SwitchPorts } from "../host/model/switch-ports.ts";
import { type HostNetworkOptions, type StartResult, startHostNetwork } from "../host/start.ts";
import { type HostNetworkStatus, hostNetworkStatus, type StatusSettings } from "../host/status.ts";
import { type StopResult, stopHostNetwork } from "../host/stop.ts";
import { adoptPorts } from "../hosts/adopt-ports.ts";
import type { ConnectedMember } from "../hosts/connect.ts";
import {
  type ByMember,
  memberNetworkStatus,
  startMemberNetworks,
  stopMemberNetworks,
} from "../hosts/network.ts";
import { checkUnderlay } from "../hosts/underlay.ts";
import { withMembers } from "../hosts/with-members.ts";
import type { Host } from "../system/host.ts";

/** What was done, or found, on one host of the fabric's network. */
export interface OfHost<Result> {
  /** Null: this host. */
  readonly member: string | null;
  readonly result: Result;
}

export interface NetRequest {
  readonly settings: Pick<Settings, "stateDir" | "runDir">;
  readonly fabric: Fabric;
  readonly switchPorts: SwitchPorts;
}

/** Makes the network of this host, or that of each member, match the plan. */
export async function startNetworks(
  host: Host,
  { settings, fabric, switchPorts }: NetRequest,
  options: HostNetworkOptions,
): Promise<readonly OfHost<StartResult>[]> {
  if (fabric.cluster === undefined) {
    return [{ member: null, result: await startHostNetwork(host, fabric, { ...options, switchPorts }) }];
  }
  return withMembers(host, fabric, settings, async (members) => {
    if (!options.dryRun) {
      (await checkUnderlay(members)).forEach(options.onWarning ?? (() => {}));
    }
    // Also before a dry run: ports that the cluster has made since would be foreign devices.
    await adoptPorts(members);
    const running = runningOf(switchPorts);
    return listed(await startMemberNetworks(members, { ...optionsOf(options), running }));
  });
}

/** Removes all that is ours from the network of this host, or from that of each member. */
export async function stopNetworks(
  host: Host,
  { settings, fabric }: Omit<NetRequest, "switchPorts">,
  options: Omit<HostNetworkOptions, "dnsServers">,
): Promise<readonly OfHost<StopResult>[]> {
  if (fabric.cluster === undefined) {
    return [{ member: null, result: await stopHostNetwork(host, fabric, options) }];
  }
  return withMembers(host, fabric, settings, async (members) => {
    await adoptPorts(members);
    return listed(await stopMemberNetworks(members, optionsOf(options)));
  });
}

/** Its errors and warnings name the member. */
function optionsOf<Options extends Partial<HostNetworkOptions>>({ onWarning, ...options }: Options) {
  const named = (member: string, text: string) => onWarning?.(`${member}: ${text}`);
  return { ...options, onWarning: named };
}

function listed<Result>(results: ByMember<Result>): readonly OfHost<Result>[] {
  return Object.entries(results).map(([member, result]) => ({ member, result }));
}

function runningOf(ports: SwitchPorts): readonly string[] {
  return ports.kind === "veth" ? ports.running : [];
}

/** Status of the fabric's network, on all hosts that have a part of it. */
export interface NetStatus extends HostNetworkStatus {
  readonly drift: readonly MemberDrift[];
}

export interface MemberDrift extends DriftItem {
  /** Absent: this host. */
  readonly member?: string;
}

/** A member that does not answer has no status, but the reason. */
export type FoundNetwork = OfHost<HostNetworkStatus | { readonly unreachable: string }>;

/** Compares the network of this host, or that of each member, with the plan. */
export async function networkStatus(
  host: Host,
  { settings, fabric, switchPorts }: NetRequest,
  options: StatusSettings,
): Promise<readonly FoundNetwork[]> {
  if (fabric.cluster === undefined) {
    return [{ member: null, result: await hostNetworkStatus(host, fabric, options, switchPorts) }];
  }
  const running = runningOf(switchPorts);
  return withMembers(host, fabric, settings, (members) =>
    Promise.all(members.map((member) => statusOf(member, { ...options, running }))),
  );
}

async function statusOf(
  member: ConnectedMember,
  options: StatusSettings & { readonly running: readonly string[] },
): Promise<FoundNetwork> {
  const { name } = member.part.member;
  try {
    // Ports that the cluster has made since would be foreign devices.
    await adoptPorts([member]);
    const [found] = listed(await memberNetworkStatus([member], options));
    return found ?? { member: name, result: { unreachable: "it was not asked" } };
  } catch (error) {
    if (error instanceof PreflightError || error instanceof CommandError) {
      return { member: name, result: { unreachable: error.message } };
    }
    throw error;
  }
}

/** Returns the statuses of all hosts as one. A member that does not answer is a difference. */
export function sumOfStatuses(found: readonly FoundNetwork[]): NetStatus {
  const statuses = found.flatMap(({ result }) => ("unreachable" in result ? [] : [result]));
  const sum = (of: (status: HostNetworkStatus) => number) =>
    statuses.reduce((total, status) => total + of(status), 0);
  return {
    present: statuses.some(({ present }) => present),
    devices: { bridges: sum((one) => one.devices.bridges), interfaces: sum((one) => one.devices.interfaces) },
    outsideRoute: statuses.find(({ outsideRoute }) => outsideRoute !== null)?.outsideRoute ?? null,
    drift: found.flatMap(({ member, result }) =>
      ("unreachable" in result ? [silent(result.unreachable)] : result.drift).map((item) =>
        member === null ? item : { ...item, member },
      ),
    ),
  };
}

function silent(reason: string): DriftItem {
  return { item: "the member", expected: "an answer", observed: reason.split("\n")[0] ?? "none" };
}
