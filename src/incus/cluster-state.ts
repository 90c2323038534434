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
  /** Use what was found out so long ago; by default some seconds. */
  readonly maxAgeMs?: number;
}

/** Limit for an answer: an idle server takes some milliseconds. */
const ANSWER_MS = 4_000;
/** This host may not reach all members, so it asks one by itself only if the cluster does not answer for it at once. */
const HEAD_START_MS = 800;
/** Parts of a command ask one after the other: a lost member costs its limit once. */
const REMEMBERED_MS = 10_000;

const remembered = new Map<string, { readonly atMs: number; readonly state: Promise<ClusterState> }>();

/** Asks all members that matter at the same time. The result is remembered for a moment. */
export function clusterState(cluster: Cluster, request: StateRequest): Promise<ClusterState> {
  const { pool, names = ["*"], maxAgeMs = REMEMBERED_MS } = request;
  const key = [cluster.name, cluster.project, pool, ...names].join(" ");
  const known = remembered.get(key);
  if (known !== undefined && Date.now() - known.atMs < maxAgeMs) {
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

async function findState(cluster: Cluster, { pool, names, known = {} }: StateRequest): Promise<ClusterState> {
  const itself = onceEach((url) => answersItself(cluster, url));
  // Finds a server that answers; it needs no database for that.
  await cluster.get("/1.0");
  const listed = clusterMembers(cluster, ANSWER_MS).catch((error: unknown) => {
    if (isNoAnswer(error)) {
      return undefined;
    }
    throw error;
  });
  if ((await Promise.race([listed, headStart()])) === undefined) {
    Object.values(known).forEach(itself);
  }
  const members = await listed;
  if (members === undefined) {
    const asked = Object.entries(known).map(([name, url]) => stateWithoutCluster(name, url, itself));
    return { answers: false, members: await Promise.all(asked) };
  }
  return {
    answers: true,
    members: await Promise.all(
      members.map(async (member) =>
        (names?.includes(member.name) ?? true)
          ? { ...member, ...(await askMember(cluster, pool, member, itself)) }
          : { ...member, answers: member.online, isUsable: member.online },
      ),
    ),
  };
}

/** Reports whether the server with this URL answers. */
type Itself = (url: string) => Promise<boolean>;

function onceEach(ask: Itself): Itself {
  const answers = new Map<string, Promise<boolean>>();
  return (url) => {
    const answer = answers.get(url) ?? ask(url);
    answers.set(url, answer);
    return answer;
  };
}

function headStart(): Promise<undefined> {
  return sleep(HEAD_START_MS, undefined, { ref: false });
}

async function stateWithoutCluster(name: string, url: string, itself: Itself): Promise<MemberState> {
  const answers = await itself(url);
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
  itself: Itself,
): Promise<Pick<MemberState, "answers" | "isUsable">> {
  // Its answer takes its database. A missing pool is an answer, too.
  const usable = customVolumes(cluster, pool, { target: name }, ANSWER_MS).then(
    () => true,
    (error: unknown) => !isNoAnswer(error),
  );
  if (await Promise.race([usable, headStart()])) {
    return { answers: true, isUsable: true };
  }
  const [isUsable, answers] = await Promise.all([usable, itself(url)]);
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
