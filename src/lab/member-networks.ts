import type { Backend } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { summarizeStart, summarizeStop } from "../host/format.ts";
import { hostNetworkSettings } from "../host/start.ts";
import { adoptPorts } from "../hosts/adopt-ports.ts";
import { connectMembers, disconnectMembers } from "../hosts/connect.ts";
import { startMemberNetworks, stopMemberNetworks } from "../hosts/network.ts";
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
}

/** Makes the networks of all members match the plan. Returns a summary. */
export async function buildMemberNetworks(
  host: Host,
  { settings, fabric, keepFaults, interrupted, onWarning }: BuildRequest,
  backend: Backend,
): Promise<string> {
  const members = await connectMembers(host, fabric, settings);
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

/** Removes the networks of all members. Returns a summary. */
export async function removeMemberNetworks(
  host: Host,
  { settings, fabric, onWarning }: MembersRequest,
): Promise<string> {
  const members = await connectMembers(host, fabric, settings);
  await adoptPorts(members);
  const stopped = await stopMemberNetworks(members, {
    stateDir: settings.stateDir,
    onWarning: (member, text) => onWarning(`${member}: ${text}`),
  });
  await disconnectMembers(members);
  await host.remove(`${settings.runDir}/ssh`);
  return summaries(stopped, summarizeStop);
}

function summaries<Result>(
  results: Readonly<Record<string, Result>>,
  summarize: (result: Result) => string,
): string {
  return Object.entries(results)
    .map(([member, result]) => `${member}: ${summarize(result)}`)
    .join("; ");
}
