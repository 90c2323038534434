import type { Fabric } from "../fabric/types.ts";
import { frrQuestion } from "./frr-question.ts";
import type { Machines } from "./machines.ts";

/** FRR's names of a session's states (RFC 4271, section 8.2.2), by the port it runs on. */
export type SessionStates = Readonly<Record<string, string>>;

/** Ask a switch for the state of its BGP sessions, through its inside channel. */
export async function observeSessions(
  machines: Machines,
  nodeName: string,
  timeoutMs: number,
): Promise<SessionStates> {
  return parseSummary(await askForSummary(machines, nodeName, timeoutMs));
}

/** `show bgp summary json`. */
export async function askForSummary(
  machines: Machines,
  nodeName: string,
  timeoutMs: number,
): Promise<string> {
  const seconds = Math.ceil(timeoutMs / 1000);
  const { stdout } = await machines.exec(
    nodeName,
    frrQuestion(machines.library, seconds, [{ daemon: "bgpd", commands: ["show bgp summary json"] }]),
    { timeoutMs },
  );
  // The daemon's name comes first.
  return stdout.slice(stdout.indexOf("{"));
}

/** `show bgp summary json`: an object per address family, each with the peers that negotiate it. */
export function parseSummary(json: string): SessionStates {
  const families = Object.values(JSON.parse(json) as Record<string, { readonly peers?: Peers }>);
  return Object.fromEntries(
    families.flatMap((family) =>
      Object.entries(family.peers ?? {}).map(([name, { state }]) => [name, state]),
    ),
  );
}

type Peers = Readonly<Record<string, { readonly state: string }>>;

/** The ports on which the plan has a session with another node. */
export function plannedSessions(fabric: Fabric, nodeName: string): readonly string[] {
  return fabric.sessions
    .flatMap(({ a, b }) => [a, b])
    .filter((end) => end.node === nodeName)
    .map((end) => end.port);
}

/** Which nodes to ask, and for which of their ports, to know of every planned session. */
export type Observers = ReadonlyMap<string, readonly string[]>;

/**
 * As few nodes as will do: a session that is established at one end is so at the other, but for the time that a
 * message takes. In a fabric of spines and leaves the spines know of all.
 */
export function observersOf(fabric: Fabric): Observers {
  const observers = new Map<string, readonly string[]>();
  let unobserved = fabric.sessions.map(({ a, b }) => [a, b]);
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

/** One line for each of these ports whose session is not up: `leaf1 ens4: Active, expected Established`. */
export function missingSessions(
  nodeName: string,
  ports: readonly string[],
  states: SessionStates,
): readonly string[] {
  return ports
    .filter((port) => states[port] !== ESTABLISHED)
    .map((port) => `${nodeName} ${port}: ${states[port] ?? "no session"}, expected ${ESTABLISHED}`);
}

const ESTABLISHED = "Established";
