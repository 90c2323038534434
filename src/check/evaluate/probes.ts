import type { PlannedProbe } from "../expect/probes.ts";
import { compareSeen, type Evaluation } from "../model/item.ts";
import type { NodeObservation } from "../model/observation.ts";
import { probeKey, SMALL_PACKET } from "../model/query.ts";

/** What is known of those who are to answer. */
export interface Answerers {
  /** Switches that are off: whoever answers for one is somebody else. */
  readonly off: ReadonlySet<string>;
  /** Of those switches that were queried. */
  readonly nodes: ReadonlyMap<string, NodeObservation>;
}

/**
 * Whether every loopback answers, and the switch itself has it: an answer alone could be that of a server which holds
 * the address.
 * @param node who sent the probes; null for the host
 */
export function evaluateLoopbacks(
  probes: readonly PlannedProbe[],
  node: string | null,
  observation: NodeObservation,
  answerers: Answerers,
): readonly Evaluation[] {
  return evaluateProbes(probes, node, observation).map((item, index): Evaluation => {
    const probe = probes[index];
    const doubt = item.ok === true && probe !== undefined ? findDoubt(probe, answerers) : null;
    return doubt === null ? item : { ...item, observed: `an answer, but ${doubt}`, ok: false };
  });
}

function findDoubt({ target, address }: PlannedProbe, { off, nodes }: Answerers): string | null {
  if (off.has(target)) {
    return `${target} is off: another host has its address`;
  }
  const interfaces = nodes.get(target)?.interfaces;
  if (interfaces === undefined || !interfaces.seen) {
    return null;
  }
  const addresses = interfaces.value.get("lo")?.addresses ?? [];
  return addresses.includes(`${address}/32`) ? null : `${target} lacks ${address}: another host has it`;
}

/** Whether these were answered. @param node who sent them; null for the host */
export function evaluateProbes(
  probes: readonly PlannedProbe[],
  node: string | null,
  { answered }: NodeObservation,
): readonly Evaluation[] {
  return probes.map((probe) => {
    const expected = probe.size === SMALL_PACKET ? "answer" : `answer to ${probe.size} bytes`;
    return compareSeen(answered, node, probe.subject, expected, (keys) =>
      keys.has(probeKey(probe)) ? expected : "no answer",
    );
  });
}
