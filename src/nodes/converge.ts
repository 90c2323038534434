import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, TimeoutError } from "../errors.ts";
import type { Fabric, Node } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { ItemState, Note } from "../system/progress.ts";
import { missingSessions, type ObservedSessions, observersOf, observeSessions } from "./bgp.ts";
import type { Machines } from "./machines.ts";
import { type Prober, proberOf } from "./probes.ts";

const SESSIONS_TIMEOUT_MS = 20_000;
const PAUSE_MS = 200;

export interface ConvergeOptions {
  /** Deadline, in ms since the epoch. */
  readonly deadline: number;
  /** The whole time limit, for the message. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  /** Called with the progress: `7 of 9 loopbacks answer`, and of each switch. */
  readonly note: Note;
}

/** Sessions that a switch reported, and the time of the query, by our process's clock in ms. */
export interface Answer {
  readonly atMs: number;
  readonly sessions: ObservedSessions;
}

/**
 * Waits until every node's loopback answers pings, and then until every planned BGP session is
 * established. Reachability comes first because checking it costs the switches next to nothing, while each query for
 * sessions costs an emulated one a third of a second of processor time.
 * @returns the last answers of those switches that know of all sessions, by name.
 * @throws TimeoutError with a line for everything still missing.
 * @throws CommandError when a switch ends meanwhile.
 */
export async function waitForConvergence(
  host: Host,
  machines: Machines,
  fabric: Fabric,
  options: ConvergeOptions,
): Promise<ReadonlyMap<string, Answer>> {
  const wait: Wait = { ...options, probe: proberOf(host, { machines, fabric }), machines, fabric };
  const answers = new Map<string, Answer>();
  const observers = observersOf(fabric);
  await untilAllAnswer(wait);
  await untilNoneMissing(wait, {
    nodes: fabric.nodes.filter((node) => observers.has(node.name)),
    wantedAt: (node) => observers.get(node.name)?.length ?? 0,
    missingAt: (node) => sessionsNotUp(wait, node, observers.get(node.name) ?? [], answers),
    concerned: (node) => [node.name, ...neighborsOf(node)],
    progress: (seen) => `${seen} of ${fabric.sessions.length} BGP sessions are established`,
    stateOf: (seen, wanted) => `${seen}/${wanted} sessions`,
  });
  return answers;
}

/** Nodes to poll, and the condition to wait for. */
interface Look {
  readonly nodes: readonly Node[];
  /** Number of things to see there. */
  readonly wantedAt: (node: Node) => number;
  /** Returns what is still missing there, a line each. */
  readonly missingAt: (node: Node) => Promise<readonly string[]>;
  /** Switches that have to run for the condition to become true. */
  readonly concerned: (node: Node) => readonly string[];
  /** @param seen the number of things that were seen, at all nodes */
  readonly progress: (seen: number) => string;
  /** Describes one node, where so many of the wanted things were seen. */
  readonly stateOf: (seen: number, wanted: number) => string;
}

interface Wait extends ConvergeOptions {
  readonly probe: Prober;
  readonly machines: Machines;
  readonly fabric: Fabric;
}

/** Probes all loopbacks by one program: a ping for each would take the processors away from the switches that start. */
async function untilAllAnswer(wait: Wait): Promise<void> {
  const { nodes } = wait.fabric;
  const waiting = new Map(nodes.map((node) => [String(node.loopback), node]));
  const answered = (address: string) => {
    waiting.delete(address);
    wait.note(
      `${nodes.length - waiting.size} of ${nodes.length} loopbacks answer`,
      nodes.map(({ name, loopback }): ItemState => {
        const answers = !waiting.has(String(loopback));
        return { name, state: answers ? "answers" : "no answer", tone: answers ? "good" : "doubtful" };
      }),
    );
  };
  for (;;) {
    await wait.probe(
      [...waiting.values()].map(({ loopback }) => loopback),
      answered,
    );
    if (waiting.size === 0) {
      return;
    }
    const late = [...waiting.values()];
    await Promise.all(late.map(({ name }) => wait.machines.assertAlive(name)));
    wait.interrupted?.throwIfAborted();
    if (Date.now() >= wait.deadline) {
      const lines = late.map(({ name, loopback }) => `${name} ${loopback}: no answer to ping`);
      throw convergenceTimeout(wait, [...lines, ...(await unresponsiveSwitches(wait))]);
    }
  }
}

function convergenceTimeout({ timeoutMs }: Wait, lines: readonly string[]): TimeoutError {
  return new TimeoutError("routing to converge", timeoutMs, lines.join("\n"));
}

/** Polls each node separately, so that no node delays another. */
async function untilNoneMissing(wait: Wait, look: Look): Promise<void> {
  const { nodes, wantedAt, missingAt, concerned, progress, stateOf } = look;
  const missing = new Map<string, readonly string[]>();
  const seenAt = (node: Node) => wantedAt(node) - (missing.get(node.name)?.length ?? wantedAt(node));
  const itemOf = (node: Node): ItemState => {
    const [seen, wanted] = [seenAt(node), wantedAt(node)];
    return { name: node.name, state: stateOf(seen, wanted), tone: seen === wanted ? "good" : "doubtful" };
  };
  const stop = new AbortController();
  // Queried once, even if several watches time out at the same moment.
  let silent: ReturnType<typeof unresponsiveSwitches> | undefined;
  const watch = async (node: Node): Promise<void> => {
    while (!stop.signal.aborted) {
      const lines = await missingAt(node);
      missing.set(node.name, lines);
      wait.note(progress(nodes.reduce((sum, each) => sum + seenAt(each), 0)), nodes.map(itemOf));
      if (lines.length === 0) {
        return;
      }
      await Promise.all(concerned(node).map((name) => wait.machines.assertAlive(name)));
      wait.interrupted?.throwIfAborted();
      if (Date.now() >= wait.deadline) {
        silent ??= unresponsiveSwitches(wait);
        throw convergenceTimeout(wait, [...[...missing.values()].flat(), ...(await silent)]);
      }
      await sleep(PAUSE_MS);
    }
  };
  const watches = nodes.map(watch);
  await Promise.all(watches).finally(async () => {
    stop.abort();
    await Promise.allSettled(watches);
  });
}

/** Returns the switches that do not respond: their neighbors' missing sessions are the effect, not the cause. */
async function unresponsiveSwitches({ machines, fabric }: Wait): Promise<readonly string[]> {
  const answers = await Promise.all(fabric.nodes.map(({ name }) => machines.answers(name)));
  return fabric.nodes.flatMap(({ name }, at) => (answers[at] ? [] : [`${name}: no answer`]));
}

function neighborsOf(node: Node): readonly string[] {
  return node.ports.flatMap(({ peer }) => (peer.kind === "node" ? [peer.node] : []));
}

async function sessionsNotUp(
  { machines }: Wait,
  { name }: Node,
  ports: readonly string[],
  answers: Map<string, Answer>,
): Promise<readonly string[]> {
  try {
    const atMs = performance.now();
    const sessions = await observeSessions(machines, name, SESSIONS_TIMEOUT_MS);
    answers.set(name, { atMs, sessions });
    return missingSessions(name, ports, sessions);
  } catch (error) {
    if (error instanceof TimeoutError || error instanceof CommandError) {
      return ports.map((port) => `${name} ${port}: unknown, expected Established (${error.message})`);
    }
    throw error;
  }
}
