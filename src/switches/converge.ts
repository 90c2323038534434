import { CommandError, InterruptedError, TimeoutError } from "../errors.ts";
import type { Fabric, Node } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { missingSessions, observeSessions, plannedSessions } from "./bgp.ts";
import { failIfDead } from "./boot.ts";
import { nodePaths } from "./qemu/paths.ts";
import { isReachable } from "./reach.ts";

const SESSIONS_TIMEOUT_MS = 20_000;
const PAUSE_MS = 200;

export interface ConvergeOptions {
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  /** Told how far it is: `7 of 9 loopbacks answer`. */
  readonly note: (text: string) => void;
}

/**
 * Wait until every node's loopback can be reached from the host, and then until every planned BGP session is
 * established, as both of its ends say. Reachability comes first because looking at it costs the switches next
 * to nothing, while each question for sessions costs an emulated one a third of a second of processor time.
 * @throws TimeoutError with a line for everything still missing.
 * @throws CommandError when a machine ends meanwhile.
 */
export async function waitForConvergence(
  host: Host,
  runDir: string,
  fabric: Fabric,
  options: ConvergeOptions,
): Promise<void> {
  const wait: Wait = { ...options, host, runDir, fabric, deadline: Date.now() + options.timeoutMs };
  await untilNoneMissing(wait, "loopbacks answer", unreachable);
  await untilNoneMissing(wait, "switches have all their sessions", sessionsNotUp);
}

interface Wait extends ConvergeOptions {
  readonly host: Host;
  readonly runDir: string;
  readonly fabric: Fabric;
  readonly deadline: number;
}

async function untilNoneMissing(
  wait: Wait,
  what: string,
  missingAt: (wait: Wait, node: Node) => Promise<readonly string[]>,
): Promise<void> {
  const total = wait.fabric.nodes.length;
  for (let nodes = wait.fabric.nodes; ; ) {
    const missing = await Promise.all(nodes.map((node) => missingAt(wait, node)));
    nodes = nodes.filter((_, index) => missing[index]?.length !== 0);
    wait.note(`${total - nodes.length} of ${total} ${what}`);
    if (nodes.length === 0) {
      return;
    }
    await Promise.all(nodes.map(({ name }) => failIfDead(wait.host, name, nodePaths(wait.runDir, name))));
    if (wait.interrupted?.aborted) {
      throw new InterruptedError();
    }
    if (Date.now() >= wait.deadline) {
      throw new TimeoutError("the fabric's convergence", wait.timeoutMs, missing.flat().join("\n"));
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function unreachable({ host }: Wait, node: Node): Promise<readonly string[]> {
  const answers = await isReachable(host, node.loopback);
  return answers ? [] : [`${node.name} ${node.loopback}: no answer to ping`];
}

async function sessionsNotUp({ host, runDir, fabric }: Wait, { name }: Node): Promise<readonly string[]> {
  try {
    return missingSessions(fabric, name, await observeSessions(host, runDir, name, SESSIONS_TIMEOUT_MS));
  } catch (error) {
    if (error instanceof TimeoutError || error instanceof CommandError) {
      return [`${name}: ${plannedSessions(fabric, name).length} sessions in unknown state: ${error.message}`];
    }
    throw error;
  }
}
