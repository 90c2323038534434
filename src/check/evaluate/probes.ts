import type { PlannedProbe } from "../expect/probes.ts";
import { compareSeen, type Evaluation } from "../model/item.ts";
import type { NodeObservation } from "../model/observation.ts";
import { probeKey, SMALL_PACKET } from "../model/query.ts";

/** Facts about the switches that should answer. */
export interface Answerers {
  /** Switches that are off: an answer from the address of one comes from another host. */
  readonly off: ReadonlySet<string>;
  /** Observations of the queried switches, by name. */
  readonly nodes: ReadonlyMap<string, NodeObservation>;
}

/**
 * Evaluates whether every loopback answers and the switch itself has the address: the answer alone could come from a
 * server that holds it.
 * @param node the sender of the probes; null for the host
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
  const length = address.includes(":") ? 128 : 32;
  return addresses.includes(`${address}/${length}`)
    ? null
    : `${target} lacks ${address}: another host has it`;
}

/** Evaluates whether these probes were answered. @param node their sender; null for the host */
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
