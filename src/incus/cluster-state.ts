import { setTimeout as sleep } from "node:timers/promises";
import { isNoAnswer } from "./answer.ts";
import type { Cluster } from "./client.ts";
import { type ClusterMember, clusterMembers } from "./members.ts";
import { customVolumes } from "./volumes.ts";

/** A member, and what came of asking it. */
export interface MemberState extends ClusterMember {
  /** True if its own server answers. */
  readonly answers: boolean;
  /**
   * True if the cluster answers questions about what is there. That takes longer after a member's start, and after the
   * loss of another one that led the cluster: until a new leader is elected, no member has a database.
   */
  readonly isUsable: boolean;
}

export interface ClusterState {
  /** False if the cluster does not answer at all. Its members are those that were known before. */
  readonly answers: boolean;
  readonly members: readonly MemberState[];
}

export interface StateRequest {
  readonly pool: string;
  /** Names of the members that matter; undefined: all. Of others, the cluster's word is taken. */
  readonly names?: readonly string[] | undefined;
  /** URLs of members as they were last known, by name. */
  readonly known?: Readonly<Record<string, string>> | undefined;
  /** Do not use what was found out a moment ago. */
  readonly fresh?: boolean;
}

/** Limit for an answer: an idle server takes some milliseconds. */
const ANSWER_MS = 5_000;
/** This host may not reach all members, so it asks one by itself only if the cluster does not answer for it at once. */
const HEAD_START_MS = 800;
/** Parts of a command ask one after the other: a lost member costs its limit once. */
const REMEMBERED_MS = 15_000;

const remembered = new Map<string, { readonly atMs: number; readonly state: Promise<ClusterState> }>();

/** Asks all members that matter at the same time. The result is remembered for a moment. */
export function clusterState(cluster: Cluster, request: StateRequest): Promise<ClusterState> {
  const { pool, names = ["*"], fresh = false } = request;
  const key = [cluster.name, cluster.project, pool, ...names].join(" ");
  const known = remembered.get(key);
  if (!fresh && known !== undefined && Date.now() - known.atMs < REMEMBERED_MS) {
    return known.state;
  }
  const state = findState(cluster, request);
  remembered.set(key, { atMs: Date.now(), state });
  // A failure says nothing about members.
  state.catch(() => remembered.delete(key));
  return state;
}

/** Returns the names of those whose instances nothing is known of. */
export function silentMembers({ members }: ClusterState): ReadonlySet<string> {
  return new Set(members.flatMap(({ name, isUsable }) => (isUsable ? [] : [name])));
}

async function findState(cluster: Cluster, request: StateRequest): Promise<ClusterState> {
  const { pool, names, known = {} } = request;
  // Finds a server that answers; it needs no database for that.
  await cluster.get("/1.0");
  const listed = clusterMembers(cluster, ANSWER_MS).catch((error: unknown) => {
    if (isNoAnswer(error)) {
      return undefined;
    }
    throw error;
  });
  const atOnce = await Promise.race([listed, headStart()]);
  if (atOnce === undefined) {
    const [members, ...states] = await Promise.all([
      listed,
      ...Object.entries(known).map(([name, url]) => askLostCluster(cluster, name, url)),
    ]);
    if (members === undefined) {
      return { answers: false, members: states };
    }
  }
  const members = (await listed) ?? [];
  return {
    answers: true,
    members: await Promise.all(
      members.map(async (member) =>
        (names?.includes(member.name) ?? true)
          ? { ...member, ...(await askMember(cluster, pool, member)) }
          : { ...member, answers: member.online, isUsable: member.online },
      ),
    ),
  };
}

function headStart(): Promise<undefined> {
  return sleep(HEAD_START_MS, undefined, { ref: false });
}

/** Asks a member of a cluster that does not answer. */
async function askLostCluster(cluster: Cluster, name: string, url: string): Promise<MemberState> {
  const answers = await answersItself(cluster, url);
  const message = "the cluster does not answer";
  return {
    name,
    url,
    answers,
    message,
    isUsable: false,
    online: false,
    isEvacuated: false,
    architecture: "",
  };
}

async function askMember(
  cluster: Cluster,
  pool: string,
  { name, url }: ClusterMember,
): Promise<Pick<MemberState, "answers" | "isUsable">> {
  // Its answer takes its database. A missing pool is an answer, too.
  const usable = customVolumes(cluster, pool, { target: name }, ANSWER_MS).then(
    () => true,
    (error: unknown) => !isNoAnswer(error),
  );
  if (await Promise.race([usable, headStart()])) {
    return { answers: true, isUsable: true };
  }
  const [isUsable, answers] = await Promise.all([usable, answersItself(cluster, url)]);
  return { answers: isUsable || answers, isUsable };
}

function answersItself(cluster: Cluster, url: string): Promise<boolean> {
  return cluster
    .at(url)
    .get("/1.0", {}, ANSWER_MS)
    .then(
      () => true,
      () => false,
    );
}
