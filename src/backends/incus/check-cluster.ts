import type { Settings } from "../../config/settings.ts";
import { type MissingRequirement, PreflightError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Cluster } from "../../incus/client.ts";
import { instances } from "../../incus/instances.ts";
import { type ClusterMember, clusterMembers, serverFacts } from "../../incus/members.ts";
import { hasPool } from "../../incus/volumes.ts";
import { instanceName, isOfFabric } from "./names.ts";

export interface CheckedCluster {
  readonly engine: string;
  readonly version: string;
}

/**
 * Checks that the cluster can run the fabric's switches. Changes nothing.
 * @throws PreflightError with everything that is missing.
 */
export async function checkCluster(
  cluster: Cluster,
  fabric: Fabric,
  { runDir, cluster: { pool } }: Pick<Settings, "runDir" | "cluster">,
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
  const [members, isPool, found] = await Promise.all([
    clusterMembers(cluster),
    hasPool(cluster, pool),
    instances(cluster),
  ]);
  const foreign = fabric.nodes
    .map(({ name }) => instanceName(runDir, name))
    .filter((name) => found.some((one) => one.name === name && !isOfFabric(one, runDir)));
  const missing = [
    ...memberProblems(fabric, members),
    ...(isPool ? [] : [noPool(pool)]),
    ...foreign.map(foreignProblem),
  ];
  if (missing.length > 0) {
    throw new PreflightError(missing);
  }
  const { engine, version } = facts;
  return { engine, version };
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

function noPool(pool: string): MissingRequirement {
  return {
    what: `the cluster has no storage pool ${pool}`,
    why: "containers have their root folders there",
    fix: "set INCUS_POOL to one of those that 'incus storage list' shows on a member",
  };
}

function foreignProblem(name: string): MissingRequirement {
  return {
    what: `the project has an instance ${name} that is not ours`,
    why: "a switch's container has this name",
    fix: `rename or delete it, or set INCUS_PROJECT to another project`,
  };
}
