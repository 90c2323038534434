import { probeKey, SMALL_PACKET } from "../ask/question.ts";
import type { PlannedProbe } from "../expect/probes.ts";
import { compareSeen, type Judged } from "../item.ts";
import type { NodeObservation } from "../observation.ts";

/** Whether these were answered. @param node who sent them; null for the host */
export function judgeProbes(
  probes: readonly PlannedProbe[],
  node: string | null,
  { answered }: NodeObservation,
): readonly Judged[] {
  return probes.map((probe) => {
    const expected = probe.size === SMALL_PACKET ? "answer" : `answer to ${probe.size} bytes`;
    return compareSeen(answered, node, probe.subject, expected, (keys) =>
      keys.has(probeKey(probe)) ? expected : "no answer",
    );
  });
}
