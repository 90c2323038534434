import { clusterBackend, runningBackend } from "../backends/find.ts";
import type { Backend, Backends, ObservedMembers } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import { CommandError, PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { ConnectedMember } from "../hosts/connect.ts";
import {
  type Asked,
  type HostReport,
  type HostsReport,
  hostDifferences,
  hostState,
  isOn,
  type Placed,
  reservedBy,
} from "../hosts/host-report.ts";
import { askMember, type MemberFacts } from "../hosts/member-facts.ts";
import { reportMembers } from "../hosts/members.ts";
import { withMembers } from "../hosts/with-members.ts";
import { occupiedPositions } from "../ports/observe.ts";
import { occupiedIn } from "../ports/report.ts";
import type { Host } from "../system/host.ts";
import { observeHostUse } from "../vms/host-use.ts";

interface Request {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly backends: Backends;
}

/** Returns what is planned on each host of the switches, and asks none of them. */
export function plannedHosts(fabric: Fabric): HostsReport {
  const unknown = { state: null, reason: null, room: null, reserved: null, running: null, servers: null };
  return { members: reportMembers(fabric).map((member) => ({ ...member, ...unknown })), differences: [] };
}

/**
 * Returns what is planned on each host of the switches, what it has, and what is there. Members are asked at the same
 * time, by ssh, and so is their cluster; none of them has to answer.
 */
export async function observeHosts(host: Host, request: Request): Promise<HostsReport> {
  const { fabric, settings } = request;
  if (fabric.cluster === undefined) {
    return observeThisHost(host, request);
  }
  const [cluster, answers] = await Promise.all([
    orReason(askCluster(host, request)),
    withMembers(host, fabric, settings, (members) =>
      Promise.all(members.map((member) => orReason(askFacts(member, settings)))),
    ),
  ]);
  const switches = "reason" in cluster ? null : cluster.found.switches;
  const hosts = reportMembers(fabric).map((member, index): HostReport => {
    const answer = answers[index] ?? { reason: "not asked" };
    const found = hostState(member, cluster, answer);
    // A cluster tells nothing about the switches of a member that is down.
    const isKnown = switches !== null && found.state !== "offline";
    const own = isKnown ? switches.filter((one) => one.member === member.name) : null;
    return {
      ...member,
      ...found,
      room: "found" in answer ? answer.found.room : null,
      servers: "found" in answer ? answer.found.servers : null,
      reserved: own === null ? null : reservedBy(own),
      running: own?.filter(isOn).map(({ name }) => name) ?? null,
    };
  });
  return { members: hosts, differences: hostDifferences(hosts, switches) };
}

async function askCluster(host: Host, { settings, backends }: Request): Promise<ObservedMembers> {
  const backend = await clusterBackend(backends, settings.backend);
  if (backend?.observeMembers === undefined) {
    throw new CommandError("ask the cluster", undefined, "no backend has one");
  }
  return backend.observeMembers(host, settings);
}

type Facts = MemberFacts & Pick<HostReport, "servers">;

async function askFacts(
  { part: { fabric }, host }: ConnectedMember,
  { cluster: { pool } }: Settings,
): Promise<Facts> {
  const facts = await askMember(host, pool);
  return { ...facts, servers: occupiedIn(fabric, facts.devices, []) };
}

async function orReason<Answer>(asked: Promise<Answer>): Promise<Asked<Answer>> {
  try {
    return { found: await asked };
  } catch (error) {
    if (error instanceof PreflightError) {
      return { reason: error.missing.map(({ what, fix }) => `${what}; ${fix}`).join("; ") };
    }
    if (error instanceof CommandError) {
      return { reason: error.stderr.trim().split("\n")[0] || "no answer" };
    }
    throw error;
  }
}

async function observeThisHost(host: Host, { settings, fabric, backends }: Request): Promise<HostsReport> {
  const backend = await runningBackend(host, { runDir: settings.runDir, backends });
  const [use, servers, switches] = await Promise.all([
    observeHostUse(host, settings),
    occupiedPositions(host, fabric),
    backend === undefined ? [] : switchesHere(host, { settings, fabric, backend }),
  ]);
  const { vms, ...room } = use;
  const reserved = reservedBy(switches);
  const hosts = reportMembers(fabric).map(
    (member): HostReport => ({
      ...member,
      ...{ state: "online", reason: null, room, servers },
      reserved: {
        vcpus: reserved.vcpus + vms.vcpus,
        memoryMiB: reserved.memoryMiB + vms.memoryMiB,
        diskMiB: reserved.diskMiB + vms.diskMiB,
      },
      running: switches.filter(isOn).map(({ name }) => name),
    }),
  );
  return { members: hosts, differences: hostDifferences(hosts, switches) };
}

/** Only those that are emulated machines have limits. */
async function switchesHere(
  host: Host,
  { settings, fabric, backend }: Pick<Request, "settings" | "fabric"> & { readonly backend: Backend },
): Promise<readonly Placed[]> {
  const machines = await backend.nodes(host, settings.runDir);
  return Promise.all(
    fabric.nodes.map(async ({ name, machine }) => {
      const isRunning = (await machines.power(name)).power === "on";
      const state = !isRunning ? "stopped" : (await machines.isFrozen(name)) ? "frozen" : "running";
      const limits =
        backend.emulator === undefined
          ? { vcpus: null, memoryMiB: null }
          : { vcpus: machine.vcpus, memoryMiB: machine.memoryMiB };
      return { name, member: null, state, ...limits, diskMiB: null };
    }),
  );
}
