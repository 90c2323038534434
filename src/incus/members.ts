import { setTimeout as sleep } from "node:timers/promises";
import { fieldsOf, objectsIn, textOf } from "../untrusted-json.ts";
import type { Cluster } from "./client.ts";

export interface ClusterMember {
  readonly name: string;
  /** `https://10.0.0.1:8443` */
  readonly url: string;
  /** True if its heartbeats arrive: a frozen or killed member counts as online for 10 to 20 s more. */
  readonly online: boolean;
  /** True if an administrator has taken it out of use. It counts as offline. */
  readonly isEvacuated: boolean;
  /** What the server says about its state. */
  readonly message: string;
  /** `x86_64` */
  readonly architecture: string;
}

/** Returns the members of the cluster, sorted by name. */
export async function clusterMembers(cluster: Cluster): Promise<readonly ClusterMember[]> {
  const members = objectsIn(await cluster.get("/1.0/cluster/members", { recursion: "1" }));
  return members
    .map((member) => ({
      name: textOf(member.server_name, ""),
      url: textOf(member.url, ""),
      online: member.status === "Online",
      isEvacuated: member.status === "Evacuated",
      message: textOf(member.message, ""),
      architecture: textOf(member.architecture, ""),
    }))
    .filter(({ name }) => name !== "")
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A member, and what came of asking it. */
export interface MemberState extends ClusterMember {
  /** True if its server answers, asked by this host or by another member. */
  readonly answers: boolean;
  /** True if other members pass on requests to it. After a start, that takes some seconds longer. */
  readonly isPassedOn: boolean;
}

/** Limit for an answer: an idle server takes some milliseconds. */
const ANSWER_MS = 5_000;
/** This host may not reach all members, so it asks by itself only if the cluster does not answer for one at once. */
const HEAD_START_MS = 800;
/** Parts of a command ask one after the other: a lost member costs its limit once. */
const REMEMBERED_MS = 15_000;

const remembered = new Map<
  string,
  { readonly atMs: number; readonly states: Promise<readonly MemberState[]> }
>();

/**
 * Returns the members of the cluster, and asks those that matter at the same time. Of the others, the cluster's word is
 * taken. The result is remembered for a moment.
 * @param names of the members that matter; absent: all
 */
export function memberStates(
  cluster: Cluster,
  { names, fresh = false }: { readonly names?: readonly string[] | undefined; readonly fresh?: boolean } = {},
): Promise<readonly MemberState[]> {
  const key = [cluster.name, cluster.project, ...(names ?? ["*"])].join(" ");
  const known = remembered.get(key);
  if (!fresh && known !== undefined && Date.now() - known.atMs < REMEMBERED_MS) {
    return known.states;
  }
  const states = askMembers(cluster, names);
  remembered.set(key, { atMs: Date.now(), states });
  // A failure says nothing about members.
  states.catch(() => remembered.delete(key));
  return states;
}

async function askMembers(
  cluster: Cluster,
  names: readonly string[] | undefined,
): Promise<readonly MemberState[]> {
  const members = await clusterMembers(cluster);
  return Promise.all(
    members.map(async (member) =>
      (names?.includes(member.name) ?? true)
        ? { ...member, ...(await askMember(cluster, member)) }
        : { ...member, answers: member.online, isPassedOn: member.online },
    ),
  );
}

async function askMember(
  cluster: Cluster,
  { name, url }: ClusterMember,
): Promise<Pick<MemberState, "answers" | "isPassedOn">> {
  const passedOn = succeeds(cluster.get("/1.0", { target: name }, ANSWER_MS));
  const headStart = sleep(HEAD_START_MS, false, { ref: false });
  if (await Promise.race([passedOn, headStart])) {
    return { answers: true, isPassedOn: true };
  }
  const [isPassedOn, answers] = await Promise.all([
    passedOn,
    succeeds(cluster.at(url).get("/1.0", {}, ANSWER_MS)),
  ]);
  return { answers: isPassedOn || answers, isPassedOn };
}

function succeeds(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}

/** Returns the names of those that do not answer. */
export async function silentMembers(
  cluster: Cluster,
  names: readonly string[] | undefined,
): Promise<ReadonlySet<string>> {
  const states = await memberStates(cluster, { names });
  return new Set(states.filter(({ answers }) => !answers).map(({ name }) => name));
}

/** What a server says of itself. */
export interface ServerFacts {
  /** `incus` or `lxd`. */
  readonly engine: string;
  readonly version: string;
  /** True if it trusts our certificate. */
  readonly trusted: boolean;
  /** True if it is a member of a cluster. Unknown, and false, where it does not trust us. */
  readonly clustered: boolean;
}

export async function serverFacts(cluster: Cluster): Promise<ServerFacts> {
  const server = fieldsOf(await cluster.get("/1.0"));
  const environment = fieldsOf(server.environment);
  return {
    engine: textOf(environment.server, ""),
    version: textOf(environment.server_version, ""),
    trusted: server.auth === "trusted",
    clustered: environment.server_clustered === true,
  };
}
