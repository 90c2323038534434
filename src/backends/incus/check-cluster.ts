import type { Settings } from "../../config/settings.ts";
import { type MissingRequirement, PreflightError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { ConnectedMember } from "../../hosts/connect.ts";
import { type LostMember, unreachableMembers } from "../../hosts/lost-members.ts";
import type { Cluster } from "../../incus/client.ts";
import { listInstances } from "../../incus/list-instances.ts";
import { memberStates, serverFacts } from "../../incus/members.ts";
import { hasPool } from "../../incus/volumes.ts";
import { pause } from "../../system/pause.ts";
import { checkTogether } from "../../system/preflight.ts";
import type { Note } from "../../system/progress.ts";
import { isSettled, judgeMembers, type MemberAnswers } from "./judge-members.ts";
import { instanceName, isOfFabric } from "./names.ts";

export interface CheckedCluster {
  readonly engine: string;
  readonly version: string;
  /** Members of the plan that don't answer. */
  readonly lost: readonly LostMember[];
  /** Names of these, and of members outside of the plan that don't answer. */
  readonly silent: ReadonlySet<string>;
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
  const [{ lost, silent }] = await checkTogether(findLost(cluster, request), demandPool(cluster, pool));
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
  return { engine, version, lost, silent };
}

async function findLost(
  cluster: Cluster,
  request: CheckRequest,
): Promise<Pick<CheckedCluster, "lost" | "silent">> {
  const answers = await askMembers(cluster, request);
  const lost = judgeMembers(request.fabric, answers);
  const silent = answers.states.filter((state) => !state.answers);
  return { lost, silent: new Set([...lost, ...silent].map(({ name }) => name)) };
}

/** After the loss of a member that led the cluster, others count as lost until they are heard again. */
const SETTLE_MS = 60_000;
const PAUSE_MS = 2_000;

async function askMembers(
  cluster: Cluster,
  { fabric, members, note, interrupted }: CheckRequest,
): Promise<MemberAnswers> {
  const names = members.map(({ part }) => part.member.name);
  const deadline = Date.now() + SETTLE_MS;
  let [states, ssh] = await checkTogether(
    memberStates(cluster, { names, fresh: true }),
    unreachableMembers(members),
  );
  while (!isSettled(fabric, { states, ssh }) && Date.now() < deadline) {
    note("waiting until the cluster reaches its members again");
    await pause(PAUSE_MS, interrupted);
    states = await memberStates(cluster, { names, fresh: true });
  }
  return { states, ssh };
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
