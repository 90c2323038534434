import type { InternetNode } from "../../fabric/types.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { wayOutProbe } from "../expect/probes.ts";
import { type Judged, unjudged } from "../model/item.ts";
import type { NodeObservation } from "../model/observation.ts";
import { probeKey } from "../model/question.ts";
import { judgeProbes } from "./probes.ts";

/**
 * Whether what leaves the fabric gets an answer: forwarded by the host, given its address, and found on the way back.
 * The host sends the same. Where it gets no answer either, its router is one that answers nobody.
 */
export function judgeWayOut(
  plan: CheckPlan,
  node: InternetNode,
  internet: NodeObservation,
  host: NodeObservation,
): readonly Judged[] {
  return wayOutProbe(plan).flatMap((probe) => {
    const hostAnswered = host.answered.seen && host.answered.value.has(probeKey(probe));
    const [judged] = judgeProbes([probe], node.name, internet);
    return judged === undefined
      ? []
      : judged.ok === false && !hostAnswered
        ? [
            unjudged(
              node.name,
              judged.subject,
              judged.expected,
              `${probe.address} does not answer the host either`,
            ),
          ]
        : [judged];
  });
}
