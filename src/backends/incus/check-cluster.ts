import type { Settings } from "../../config/settings.ts";
import { type MissingRequirement, PreflightError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { ConnectedMember } from "../../hosts/connect.ts";
import { type LostMember, unreachableMembers } from "../../hosts/lost-members.ts";
import type { Cluster } from "../../incus/client.ts";
import { silentMembers } from "../../incus/cluster-state.ts";
import { listInstances } from "../../incus/list-instances.ts";
import { serverFacts } from "../../incus/members.ts";
import { settledState } from "../../incus/settle.ts";
import { hasPool } from "../../incus/volumes.ts";
import { checkTogether } from "../../system/preflight.ts";
import type { Note } from "../../system/progress.ts";
import { judgeMembers } from "./judge-members.ts";
import { instanceName, isOfFabric } from "./names.ts";

export interface CheckedCluster {
  readonly engine: string;
  readonly version: string;
  /** Members of the plan that don't answer. */
  readonly lost: readonly LostMember[];
  /** Names of these, and of members outside of the plan that don't answer. */
  readonly silent: ReadonlySet<string>;
  /** URLs of all members, by name. */
  readonly urls: Readonly<Record<string, string>>;
}

export interface CheckRequest {
  readonly fabric: Fabric;
  readonly settings: Pick<Settings, "runDir" | "cluster">;
  readonly members: readonly ConnectedMember[];
  readonly note: Note;
  readonly interrupted?: AbortSignal | undefined;
}

/**
 * Checks that the cluster can run the fabric's switches. Changes nothing.
 * @throws PreflightError with everything that is missing.
 */
export async function checkCluster(cluster: Cluster, request: CheckRequest): Promise<CheckedCluster> {
  const { fabric, settings } = request;
  const { runDir } = settings;
  const { pool } = settings.cluster;
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
  const { lost, silent, urls } = await findLost(cluster, request);
  const found = await listInstances(cluster, { pool, silent });
  const foreign = fabric.nodes
    .map(({ name }) => instanceName(runDir, name))
    .filter((name) =>
      found.some((one) => one.name === name && !silent.has(one.member) && !isOfFabric(one, runDir)),
    );
  if (foreign.length > 0) {
    throw new PreflightError(foreign.map(foreignProblem));
  }
  const { engine, version } = facts;
  return { engine, version, lost, silent, urls };
}

/** @throws PreflightError also if there is no such pool: that can be found out only when the cluster answers. */
async function findLost(
  cluster: Cluster,
  { fabric, settings, members, note, interrupted }: CheckRequest,
): Promise<Pick<CheckedCluster, "lost" | "silent" | "urls">> {
  const names = members.map(({ part }) => part.member.name);
  const ssh = await unreachableMembers(members);
  const { pool } = settings.cluster;
  const except = (name: string) => ssh.has(name);
  const state = await settledState(cluster, { pool, names }, { except, note, interrupted });
  const [lost] = await checkTogether(
    (async () => judgeMembers(fabric, { states: state.members, ssh }))(),
    demandPool(cluster, pool),
  );
  return {
    lost,
    silent: new Set([...silentMembers(state), ...lost.map(({ name }) => name)]),
    urls: Object.fromEntries(state.members.map(({ name, url }) => [name, url])),
  };
}

async function demandPool(cluster: Cluster, pool: string): Promise<void> {
  if (!(await hasPool(cluster, pool))) {
    throw new PreflightError([
      {
        what: `the cluster has no storage pool ${pool}`,
        why: "containers have their root folders there",
        fix: "set INCUS_POOL to one of those that 'incus storage list' shows on a member",
      },
    ]);
  }
}

function foreignProblem(name: string): MissingRequirement {
  return {
    what: `the project has an instance ${name} that is not ours`,
    why: "a switch's container has this name",
    fix: `rename or delete it, or set INCUS_PROJECT to another project`,
  };
}
