import type { Fabric, Node } from "../fabric/types.ts";
import { untaggedFabric } from "../fabric/untagged.ts";
import { FRR_CONF } from "../render/render.ts";
import { routingFacts } from "../render/routing-facts.ts";
import type { Host } from "../system/host.ts";
import {
  missingSessions,
  type ObservedSession,
  type ObservedSessions,
  observersOf,
  observeSessions,
  plannedSessions,
} from "./bgp.ts";
import type { Machines, PowerState } from "./machines.ts";
import { proberOf } from "./probes.ts";
import { readSaved, type SavedRouting, unusedLine } from "./saved-routing.ts";

/** A switch as it is now. */
export interface NodeStatus {
  readonly name: string;
  readonly role: Node["role"];
  readonly loopback: string;
  /** Missing in a fabric that has IPv4 only. */
  readonly loopback6?: string;
  readonly asn: number;
  /** `silent`: its process runs, but no program in it responds, as while it boots; or its host does not answer. */
  readonly state: "running" | "silent" | "frozen" | "stopped";
  readonly pid: number | null;
  readonly uptimeSeconds: number | null;
  /** `up` is null if the switch can't be queried. */
  readonly sessions: { readonly up: number | null; readonly planned: number };
  /** A line for each planned session that is not established. */
  readonly missing: readonly string[];
  /** True if the host gets answers from its loopback. */
  readonly reachable: boolean;
  /** `127.0.0.1:5953`; null if the switch has none. The next likewise, `192.168.200.13`. */
  readonly vnc: string | null;
  readonly bmc: string | null;
  /** Files that `save` keeps in place of the rendered ones. */
  readonly saved: readonly string[];
  /** Reason why the saved configuration is not used, in a line; null if it is used, or there is none. */
  readonly savedUnused: string | null;
}

export interface StatusQuestion {
  readonly fabric: Fabric;
  readonly machines: Machines;
  readonly stateDir: string;
  /** Null if there is no VNC. */
  readonly vncListen: string | null;
  readonly hasBmcs: boolean;
}

/** An idle switch answers within a second; one that boots on a busy host is not waited for. */
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Observes all switches. As few as possible are queried for their sessions: queries to all at once keep emulated ones
 * so busy that BFD takes their neighbors for dead.
 */
export async function observeSwitches(host: Host, question: StatusQuestion): Promise<readonly NodeStatus[]> {
  const { fabric, machines } = question;
  const lost = new Set(await lostNodes(machines, fabric));
  const powers = await Promise.all(fabric.nodes.map((node) => machines.power(node.name)));
  const isOn = (name: string) =>
    fabric.nodes.some((node, at) => node.name === name && powers[at]?.power === "on");
  const frozen = new Set(await frozenNodes(machines, fabric));
  const observers = [...observersOf(fabric, lost).keys()];
  const [reached, answerList] = await Promise.all([
    proberOf(host, question)(fabric.nodes.filter(({ name }) => isOn(name)).map(({ loopback }) => loopback)),
    Promise.all(
      observers.map(async (name): Promise<[string, Answer]> => {
        if (frozen.has(name)) {
          return [name, null];
        }
        return [name, isOn(name) ? await askForSessions(machines, name) : {}];
      }),
    ),
  ]);
  const answers = new Map(answerList);
  return Promise.all(
    fabric.nodes.map((node, at) => {
      const seen = {
        power: powers[at] ?? { power: "off" as const },
        lost: lost.has(node.name),
        frozen: frozen.has(node.name),
        reachable: reached.has(String(node.loopback)),
      };
      return observeSwitch(host, question, node, seen, sessionsOf(fabric, node.name, answers));
    }),
  );
}

async function lostNodes(machines: Machines, { nodes }: Fabric): Promise<readonly string[]> {
  const lost = await machines.lost?.(nodes.map(({ name }) => name));
  return [...(lost?.keys() ?? [])];
}

/** Returns the frozen nodes. They are not queried, since they can't answer. */
export async function frozenNodes(machines: Machines, fabric: Fabric): Promise<readonly string[]> {
  const frozen = await Promise.all(fabric.nodes.map(({ name }) => machines.isFrozen(name)));
  return fabric.nodes.flatMap(({ name }, index) => (frozen[index] ? [name] : []));
}

/** Null if a running switch does not answer; empty if it is off. */
type Answer = ObservedSessions | null;

async function askForSessions(machines: Machines, nodeName: string): Promise<Answer> {
  return observeSessions(machines, nodeName, ANSWER_TIMEOUT_MS).catch(() => null);
}

/** Returns the node's planned sessions, as reported by the end that was queried; null if that did not answer. */
function sessionsOf(
  fabric: Fabric,
  nodeName: string,
  answers: ReadonlyMap<string, Answer>,
): ObservedSessions | null {
  const sessions: Record<string, ObservedSession> = {};
  for (const { a, b } of fabric.sessions) {
    const own = [a, b].find((end) => end.node === nodeName);
    const asked = answers.has(a.node) ? a : b;
    const answer = answers.get(asked.node) ?? null;
    if (own !== undefined && answer === null) {
      return null;
    }
    const session = answer?.[asked.port];
    if (own !== undefined && session !== undefined) {
      sessions[own.port] = session;
    }
  }
  return sessions;
}

interface Seen {
  readonly power: PowerState;
  readonly lost: boolean;
  readonly frozen: boolean;
  readonly reachable: boolean;
}

async function observeSwitch(
  host: Host,
  { fabric, machines, stateDir, vncListen, hasBmcs }: StatusQuestion,
  node: Node,
  { power, lost, frozen, reachable }: Seen,
  sessions: ObservedSessions | null,
): Promise<NodeStatus> {
  const isOn = power.power === "on";
  const saved = await savedOf(host, stateDir, machines.vlans ? fabric : untaggedFabric(fabric), node.name);
  const answers = reachable || (isOn && !frozen && (await machines.answers(node.name)));
  const ports = plannedSessions(fabric, node.name);
  const missing = answers && sessions !== null ? missingSessions(node.name, ports, sessions) : null;
  return {
    name: node.name,
    role: node.role,
    loopback: String(node.loopback),
    ...(node.loopback6 === undefined ? {} : { loopback6: String(node.loopback6) }),
    asn: node.asn,
    state: lost ? "silent" : !isOn ? "stopped" : frozen ? "frozen" : answers ? "running" : "silent",
    pid: isOn ? power.pid : null,
    uptimeSeconds: isOn ? Math.round(power.uptimeSeconds) : null,
    sessions: { up: missing === null ? null : ports.length - missing.length, planned: ports.length },
    missing: missing ?? [],
    reachable,
    vnc: vncListen === null ? null : `${vncListen}:${node.machine.vncPort}`,
    bmc: hasBmcs ? String(node.bmc.address.address) : null,
    saved: saved.kind === "fits" ? [FRR_CONF] : [],
    savedUnused: saved.kind === "unfit" ? unusedLine(node.name, saved.reason) : null,
  };
}

/** Reads a node's saved configuration, by the plan with which the switches run. */
async function savedOf(
  host: Host,
  stateDir: string,
  fabric: Fabric,
  nodeName: string,
): Promise<SavedRouting> {
  const node = fabric.nodes.find(({ name }) => name === nodeName);
  return node === undefined
    ? { kind: "none" }
    : readSaved(host, stateDir, nodeName, routingFacts(fabric, node));
}
