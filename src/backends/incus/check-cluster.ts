import { type MissingRequirement, PreflightError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Cluster } from "../../incus/client.ts";
import { instances } from "../../incus/instances.ts";
import { type ClusterMember, clusterMembers, serverFacts } from "../../incus/members.ts";
import { storagePools } from "../../incus/volumes.ts";
import { instanceName, isOfFabric } from "./names.ts";

export interface CheckedCluster {
  readonly engine: string;
  readonly version: string;
  /** Storage pool of instances and volumes. */
  readonly pool: string;
}

/**
 * Checks that the cluster can run the fabric's switches. Changes nothing.
 * @throws PreflightError with everything that is missing.
 */
export async function checkCluster(
  cluster: Cluster,
  fabric: Fabric,
  runDir: string,
): Promise<CheckedCluster> {
  const facts = await serverFacts(cluster);
  if (!facts.trusted) {
    throw new PreflightError([
      {
        what: `${cluster.name} does not trust this host`,
        why: "BACKEND=incus runs the switches there",
        fix: "ask for a new token, and run 'ikvswitch trust TOKEN'",
      },
    ]);
  }
  const [members, pools, found] = await Promise.all([
    clusterMembers(cluster),
    storagePools(cluster),
    instances(cluster),
  ]);
  const pool = pools.length === 1 ? pools[0] : pools.find((name) => name === "default");
  const foreign = fabric.nodes
    .map(({ name }) => instanceName(runDir, name))
    .filter((name) => found.some((one) => one.name === name && !isOfFabric(one, runDir)));
  const missing = [
    ...memberProblems(fabric, members),
    ...(pool === undefined ? [noPool(pools)] : []),
    ...foreign.map(foreignProblem),
  ];
  if (missing.length > 0 || pool === undefined) {
    throw new PreflightError(missing);
  }
  const { engine, version } = facts;
  return { engine, version, pool };
}

/** Members without a switch may be down. */
function memberProblems(
  { nodes }: Pick<Fabric, "nodes">,
  members: readonly ClusterMember[],
): readonly MissingRequirement[] {
  const used = [...new Set(nodes.flatMap(({ member }) => member ?? []))];
  return used.flatMap((name) => {
    const member = members.find((one) => one.name === name);
    const why = `switches are placed there: ${nodesOn(nodes, name)}`;
    if (member === undefined) {
      const known = members.map((one) => one.name).join(", ");
      return [{ what: `the cluster has no member ${name}`, why, fix: `HOSTS: its members are ${known}` }];
    }
    return member.online
      ? []
      : [
          {
            what: `member ${name} is down: ${member.message}`,
            why,
            fix: "bring it up again, or change PLACE",
          },
        ];
  });
}

function nodesOn(nodes: Fabric["nodes"], member: string): string {
  return nodes.flatMap((node) => (node.member === member ? [node.name] : [])).join(", ");
}

function noPool(pools: readonly string[]): MissingRequirement {
  return {
    what:
      pools.length === 0 ? "the cluster has no storage pool" : `several storage pools: ${pools.join(", ")}`,
    why: "containers have their root folders there",
    fix: "make one, or name one of them 'default'",
  };
}

function foreignProblem(name: string): MissingRequirement {
  return {
    what: `the project has an instance ${name} that is not ours`,
    why: "a switch's container has this name",
    fix: `rename or delete it, or set INCUS_PROJECT to another project`,
  };
}
