import { CommandError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { clip } from "../format/clip.ts";
import { fieldsOf, parseJson, textOf } from "../untrusted-json.ts";
import { frrQuery } from "./frr-query.ts";
import type { Machines } from "./machines.ts";

/** A BGP session as one of its ends sees it. */
export interface ObservedSession {
  /** FRR's name of the state (RFC 4271, section 8.2.2). */
  readonly state: string;
  /** Time since it was established, in ms of the switch's own time; FRR counts whole seconds. */
  readonly uptimeMs?: number;
}

/** Sessions of one switch, by the port they run on. */
export type ObservedSessions = Readonly<Record<string, ObservedSession>>;

/** Queries a switch for its BGP sessions, without using its network. */
export async function observeSessions(
  machines: Machines,
  nodeName: string,
  timeoutMs: number,
): Promise<ObservedSessions> {
  const seconds = Math.ceil(timeoutMs / 1000);
  const { stdout } = await machines.exec(
    nodeName,
    frrQuery(machines.library, seconds, [{ daemon: "bgpd", commands: ["show bgp summary json"] }]),
    { timeoutMs },
  );
  // The daemon's name comes first.
  return parseSummary(stdout.slice(stdout.indexOf("{")));
}

/**
 * Parses `show bgp summary json`: an object per address family, each with the peers that negotiate it.
 * @throws CommandError if it is not JSON.
 */
export function parseSummary(json: string): ObservedSessions {
  const document = parseJson(json);
  if (document === undefined) {
    throw new CommandError("show bgp summary json", undefined, "invalid JSON");
  }
  return Object.fromEntries(
    Object.values(fieldsOf(document)).flatMap((family) =>
      Object.entries(fieldsOf(fieldsOf(family).peers)).map(([name, peer]) => [name, sessionOf(peer)]),
    ),
  );
}

function sessionOf(peer: unknown): ObservedSession {
  const { state, peerUptimeMsec } = fieldsOf(peer);
  const observed = { state: clip(textOf(state, "unknown"), MOST_STATE_CHARACTERS) };
  return state === ESTABLISHED && typeof peerUptimeMsec === "number"
    ? { ...observed, uptimeMs: peerUptimeMsec }
    : observed;
}

const MOST_STATE_CHARACTERS = 100;

/** Returns the ports on which the plan has a session with another node. */
export function plannedSessions(fabric: Fabric, nodeName: string): readonly string[] {
  return fabric.sessions
    .flatMap(({ a, b }) => [a, b])
    .filter((end) => end.node === nodeName)
    .map((end) => end.port);
}

/** Nodes to query, and for which of their ports, to observe every planned session. */
export type Observers = ReadonlyMap<string, readonly string[]>;

/**
 * Selects as few nodes as possible: a session that is established at one end is so at the other, but for the time that
 * a message takes. In a fabric of spines and leaves, the spines have all sessions.
 * @param lost names of nodes that can't be queried. A session between two of them is not observed.
 */
export function observersOf(fabric: Fabric, lost: ReadonlySet<string> = new Set()): Observers {
  const observers = new Map<string, readonly string[]>();
  let unobserved = fabric.sessions
    .map(({ a, b }) => [a, b].filter(({ node }) => !lost.has(node)))
    .filter((ends) => ends.length > 0);
  while (unobserved.length > 0) {
    const counts = new Map<string, number>();
    for (const { node } of unobserved.flat()) {
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    const [best] = [...counts].sort(([, one], [, other]) => other - one)[0] ?? [""];
    const ends = unobserved.flat().filter((end) => end.node === best);
    observers.set(
      best,
      ends.map((end) => end.port),
    );
    unobserved = unobserved.filter((pair) => pair.every((end) => end.node !== best));
  }
  return observers;
}

/** Formats one line for each of these ports whose session is not up: `leaf1 ens4: Active, expected Established`. */
export function missingSessions(
  nodeName: string,
  ports: readonly string[],
  sessions: ObservedSessions,
): readonly string[] {
  return ports
    .filter((port) => sessions[port]?.state !== ESTABLISHED)
    .map((port) => `${nodeName} ${port}: ${sessions[port]?.state ?? "no session"}, expected ${ESTABLISHED}`);
}

const ESTABLISHED = "Established";
