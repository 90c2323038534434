import type { Fabric, Node } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { missingSessions, observeSessions, plannedSessions } from "./bgp.ts";
import { powerState } from "./qemu/machine.ts";
import { isReachable } from "./reach.ts";
import { readOverrides } from "./save.ts";

/** A switch as it is now. */
export interface NodeStatus {
  readonly name: string;
  readonly role: Node["role"];
  readonly loopback: string;
  readonly asn: number;
  /** `silent`: its machine runs, but nothing inside answers, as while it boots. */
  readonly state: "running" | "silent" | "stopped";
  readonly pid: number | null;
  readonly uptimeSeconds: number | null;
  /** `up` is null where the switch can't be asked. */
  readonly sessions: { readonly up: number | null; readonly planned: number };
  /** A line for each planned session that is not established. */
  readonly missing: readonly string[];
  /** Whether the host gets answers from its loopback. */
  readonly reachable: boolean;
  /** `127.0.0.1:5953`. */
  readonly vnc: string;
  /** `192.168.200.13`. */
  readonly bmc: string;
  /** Files that `save` keeps in place of the rendered ones. */
  readonly saved: readonly string[];
}

export interface StatusQuestion {
  readonly fabric: Fabric;
  readonly runDir: string;
  readonly stateDir: string;
  readonly vncListen: string;
}

/** An idle switch answers within a second; one that boots on a busy machine is not waited for. */
const ANSWER_TIMEOUT_MS = 10_000;

export function observeSwitches(host: Host, question: StatusQuestion): Promise<readonly NodeStatus[]> {
  return Promise.all(question.fabric.nodes.map((node) => observeSwitch(host, question, node)));
}

async function observeSwitch(host: Host, question: StatusQuestion, node: Node): Promise<NodeStatus> {
  const { fabric, runDir, stateDir, vncListen } = question;
  const power = await powerState(host, runDir, node.name);
  const isOn = power.power === "on";
  const [missing, reachable, overrides] = await Promise.all([
    isOn ? askForMissing(host, runDir, fabric, node) : null,
    isOn && isReachable(host, node.loopback),
    readOverrides(host, stateDir, node.name),
  ]);
  const planned = plannedSessions(fabric, node.name).length;
  return {
    name: node.name,
    role: node.role,
    loopback: node.loopback,
    asn: node.asn,
    state: !isOn ? "stopped" : missing === null ? "silent" : "running",
    pid: isOn ? power.pid : null,
    uptimeSeconds: isOn ? Math.round(power.uptimeSeconds) : null,
    sessions: { up: missing === null ? null : planned - missing.length, planned },
    missing: missing ?? [],
    reachable,
    vnc: `${vncListen}:${node.machine.vncPort}`,
    bmc: node.bmc.address.split("/")[0] ?? node.bmc.address,
    saved: Object.keys(overrides),
  };
}

async function askForMissing(
  host: Host,
  runDir: string,
  fabric: Fabric,
  node: Node,
): Promise<readonly string[] | null> {
  try {
    const states = await observeSessions(host, runDir, node.name, ANSWER_TIMEOUT_MS);
    return missingSessions(node.name, plannedSessions(fabric, node.name), states);
  } catch {
    return null;
  }
}
