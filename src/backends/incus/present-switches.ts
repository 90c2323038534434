import type { Cluster } from "../../incus/client.ts";
import { clusterState, silentMembers } from "../../incus/cluster-state.ts";
import { trustedCluster } from "../../incus/connect.ts";
import type { Instance } from "../../incus/instances.ts";
import { listInstances } from "../../incus/list-instances.ts";
import { settledState } from "../../incus/settle.ts";
import type { Host } from "../../system/host.ts";
import { type ClusterFile, instanceOf, readClusterFile, stateRequest } from "./cluster-file.ts";
import { isOfFabric, switchesOf } from "./names.ts";

/** The instances of a run directory's fabric. */
export interface PresentSwitches {
  readonly file: ClusterFile;
  readonly cluster: Cluster;
  /** By their nodes' names. Those on members that don't answer are missing. */
  readonly switches: ReadonlyMap<string, Instance>;
  /** All of this fabric, with those that were replaced. */
  readonly instances: readonly Instance[];
  /**
   * Those of which nothing but the name is known now, such as on members that don't answer. Some may be another
   * fabric's.
   */
  readonly unreachable: readonly Instance[];
}

/**
 * Returns the switches of a run directory; undefined if it has none in a cluster.
 * @param settled waits until the cluster can use all members that answer. Otherwise, all planned switches are
 *   unreachable while the cluster does not answer.
 */
export async function presentSwitches(
  host: Host,
  runDir: string,
  { settled = false }: { readonly settled?: boolean } = {},
): Promise<PresentSwitches | undefined> {
  const file = await readClusterFile(host, runDir);
  if (file === undefined) {
    return undefined;
  }
  const cluster = await trustedCluster(host, { stateDir: file.stateDir, cluster: file });
  const ask = settled ? settledState : clusterState;
  const state = await ask(cluster, stateRequest(file));
  const silent = silentMembers(state);
  const all = state.answers ? await listInstances(cluster, { pool: file.pool, silent }) : plannedIn(file);
  const here = all.filter(({ member }) => !silent.has(member));
  const own = new Set(Object.values(file.switches ?? {}).map(({ instance }) => instance));
  return {
    file,
    cluster,
    switches: switchesOf(here, runDir, (node, { name }) => instanceOf(file, runDir, node) === name),
    instances: here.filter((instance) => isOfFabric(instance, runDir)),
    unreachable: all.filter(
      ({ member, name }) => silent.has(member) && (own.has(name) || file.switches === undefined),
    ),
  };
}

function plannedIn({ switches = {} }: ClusterFile): readonly Instance[] {
  return Object.values(switches).map(({ instance, member }) => ({
    ...{ name: instance, member, status: "Error" as const, config: {}, devices: {} },
  }));
}
