import { CommandError } from "../../errors.ts";
import { addOwed, type Owed, type OwedMember } from "../../hosts/owed.ts";
import { hasStatus } from "../../incus/answer.ts";
import type { Cluster } from "../../incus/client.ts";
import { trustedCluster } from "../../incus/connect.ts";
import { deleteInstance, findInstance, type Instance } from "../../incus/instances.ts";
import { settledState } from "../../incus/settle.ts";
import { mapAtOnce } from "../../system/at-once.ts";
import type { Host } from "../../system/host.ts";
import type { DownReport } from "../model/backend.ts";
import { clusterFilePath } from "./cluster-file.ts";
import { endInstance } from "./end-instance.ts";
import { keepLeases } from "./leases.ts";
import { isOfFabric, nodeOf } from "./names.ts";
import { presentSwitches } from "./present-switches.ts";

const AT_ONCE = 16;

interface Leases {
  readonly stateDir: string;
  readonly onWarning: (text: string) => void;
}

/**
 * Deletes all of this fabric's instances, without grace: they have no data to write, and their neighbors end too. The
 * image and its volumes stay, for the next `up`. Instances on members that don't answer are recorded as owed.
 */
export async function deleteContainers(
  host: Host,
  runDir: string,
  onWarning: (text: string) => void,
): Promise<DownReport> {
  const present = await presentSwitches(host, runDir, { settled: true });
  if (present === undefined) {
    return {};
  }
  const { cluster, file, instances, unreachable } = present;
  const { stateDir, urls, project, pool } = file;
  const place = { backend: "incus", runDir, urls, project, pool };
  // First: the rest may fail, or be interrupted.
  await addOwed(host, stateDir, place, owedOf(unreachable));
  const outcomes = await mapAtOnce(instances, AT_ONCE, async (instance) => {
    const outcome = await end(host, cluster, instance, { stateDir, onWarning });
    return [nodeOf(instance), outcome] as const;
  });
  await host.remove(clusterFilePath(runDir));
  return Object.fromEntries(outcomes);
}

async function end(host: Host, cluster: Cluster, instance: Instance, leases: Leases) {
  const outcome = await endInstance(cluster, instance);
  await keepLeases(host, cluster, instance, leases);
  await deleteInstance(cluster, instance.name);
  return outcome;
}

function owedOf(instances: readonly Instance[]): readonly OwedMember[] {
  const names = [...new Set(instances.map(({ member }) => member))];
  return names.map((name) => ({
    name,
    instances: instances.filter(({ member }) => member === name).map((instance) => instance.name),
    network: null,
  }));
}

/**
 * Deletes instances that were owed, on members that answer now. Nothing is owed any more on one that was removed from
 * the cluster.
 */
export async function deleteOwedContainers(
  host: Host,
  owed: Owed,
  { stateDir, onWarning }: Leases,
): Promise<Owed> {
  const cluster = await trustedCluster(host, { stateDir, cluster: owed });
  const names = owed.members.map(({ name }) => name);
  const { members: states } = await settledState(cluster, { pool: owed.pool, names });
  const members = await Promise.all(
    owed.members.map(async (member): Promise<OwedMember> => {
      const state = states.find(({ name }) => name === member.name);
      if (state === undefined) {
        return { ...member, instances: [], network: null };
      }
      return state.isUsable
        ? deleteOn(host, cluster, { member, runDir: owed.runDir, stateDir, onWarning })
        : member;
    }),
  );
  return { ...owed, members };
}

async function deleteOn(
  host: Host,
  cluster: Cluster,
  { member, runDir, ...leases }: Leases & { readonly member: OwedMember; readonly runDir: string },
): Promise<OwedMember> {
  const left = await mapAtOnce(member.instances, AT_ONCE, async (name) => {
    try {
      const found = await findInstance(cluster, name);
      // Another fabric may have one of this name, and this one may have it elsewhere by now.
      if (found !== undefined && found.member === member.name && isOfFabric(found, runDir)) {
        await end(host, cluster, found, leases);
      }
      return [];
    } catch (error) {
      if (hasStatus(error, 403) || !(error instanceof CommandError)) {
        throw error;
      }
      leases.onWarning(`cannot delete ${name} on ${member.name} yet: ${error.message}`);
      return [name];
    }
  });
  return { ...member, instances: left.flat() };
}
