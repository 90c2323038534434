import type { Backend } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { summarizeStart, summarizeStop } from "../host/format.ts";
import { hostNetworkSettings } from "../host/start.ts";
import { adoptPorts } from "../hosts/adopt-ports.ts";
import { type ConnectedMember, connectMembers, disconnectMembers } from "../hosts/connect.ts";
import { type LostMember, unreachableMembers } from "../hosts/lost-members.ts";
import { startMemberNetworks, stopMemberNetworks } from "../hosts/network.ts";
import { addOwed, type OwedMember } from "../hosts/owed.ts";
import { checkUnderlay } from "../hosts/underlay.ts";
import type { Host } from "../system/host.ts";

interface MembersRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly onWarning: (text: string) => void;
}

export interface BuildRequest extends MembersRequest {
  readonly interrupted?: AbortSignal;
  /** Leave links with injected faults as they are. */
  readonly keepFaults: boolean;
  /** Members that don't answer: they are left out. */
  readonly lost: readonly LostMember[];
}

/** Makes the networks of all members that answer match the plan. Returns a summary. */
export async function buildMemberNetworks(
  host: Host,
  { settings, fabric, keepFaults, interrupted, lost, onWarning }: BuildRequest,
  backend: Backend,
): Promise<string> {
  const names = new Set(lost.map(({ name }) => name));
  const all = await connectMembers(host, fabric, settings);
  const members = all.filter(({ part }) => !names.has(part.member.name));
  for (const warning of await checkUnderlay(members)) {
    onWarning(warning);
  }
  await adoptPorts(members);
  const ports = await backend.switchPorts(host, settings.runDir);
  const started = await startMemberNetworks(members, {
    ...(await hostNetworkSettings(host, settings)),
    running: ports.kind === "veth" ? ports.running : [],
    keepFaults,
    onWarning: (member, text) => onWarning(`${member}: ${text}`),
    ...(interrupted === undefined ? {} : { interrupted }),
  });
  return summaries(started, summarizeStart);
}

/** Removes the networks of all members that answer; those of others are recorded as owed. Returns a summary. */
export async function removeMemberNetworks(
  host: Host,
  { settings, fabric, onWarning }: MembersRequest,
): Promise<string> {
  const all = await connectMembers(host, fabric, settings);
  const lost = await unreachableMembers(all);
  const members = all.filter(({ part }) => !lost.has(part.member.name));
  const { runDir, backend, cluster } = settings;
  await addOwed(host, settings.stateDir, { ...cluster, backend, runDir }, owedNetworks(all, lost));
  await adoptPorts(members);
  const stopped = await stopMemberNetworks(members, {
    stateDir: settings.stateDir,
    onWarning: (member, text) => onWarning(`${member}: ${text}`),
  });
  await disconnectMembers(all);
  await host.remove(`${settings.runDir}/ssh`);
  const left = [...lost].map(([name, why]) => `${name}: ${why}`);
  return [summaries(stopped, summarizeStop), ...left].join("; ");
}

function owedNetworks(
  members: readonly ConnectedMember[],
  lost: ReadonlyMap<string, string>,
): readonly OwedMember[] {
  return members.flatMap(({ part: { member } }) =>
    lost.has(member.name)
      ? [
          {
            name: member.name,
            instances: [],
            network: { address: String(member.address), login: member.login },
          },
        ]
      : [],
  );
}

function summaries<Result>(
  results: Readonly<Record<string, Result>>,
  summarize: (result: Result) => string,
): string {
  return Object.entries(results)
    .map(([member, result]) => `${member}: ${summarize(result)}`)
    .join("; ");
}
