import type { Cluster } from "../../incus/client.ts";
import { trustedCluster } from "../../incus/connect.ts";
import type { Instance } from "../../incus/instances.ts";
import { listInstances } from "../../incus/list-instances.ts";
import { silentMembers } from "../../incus/members.ts";
import type { Host } from "../../system/host.ts";
import { type ClusterFile, instanceOf, membersIn, readClusterFile } from "./cluster-file.ts";
import { isOfFabric, switchesOf } from "./names.ts";

/** The instances of a run directory's fabric. */
export interface PresentSwitches {
  readonly file: ClusterFile;
  readonly cluster: Cluster;
  /** By their nodes' names. Those on members that don't answer are missing. */
  readonly switches: ReadonlyMap<string, Instance>;
  /** All of this fabric, with those that were replaced. */
  readonly instances: readonly Instance[];
  /** Those on members that don't answer. Some may be another fabric's: nothing but their names is known. */
  readonly unreachable: readonly Instance[];
}

/** Undefined if this run directory has none in a cluster. */
export async function presentSwitches(host: Host, runDir: string): Promise<PresentSwitches | undefined> {
  const file = await readClusterFile(host, runDir);
  if (file === undefined) {
    return undefined;
  }
  const cluster = await trustedCluster(host, { stateDir: file.stateDir, cluster: file });
  const silent = await silentMembers(cluster, membersIn(file));
  const all = await listInstances(cluster, { pool: file.pool, silent });
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
