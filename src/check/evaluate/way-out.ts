import type { InternetNode } from "../../fabric/types.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { wayOutProbe } from "../expect/probes.ts";
import { type Evaluation, skipped } from "../model/item.ts";
import type { NodeObservation } from "../model/observation.ts";
import { probeKey } from "../model/query.ts";
import { evaluateProbes } from "./probes.ts";

/**
 * Evaluates whether traffic that leaves the fabric is answered: the host forwards it, translates its source, and routes
 * the answer back. The host sends the same probe. If that is not answered either, the router does not answer echo
 * requests, and the item is skipped.
 */
export function evaluateWayOut(
  plan: CheckPlan,
  node: InternetNode,
  internet: NodeObservation,
  host: NodeObservation,
): readonly Evaluation[] {
  return wayOutProbe(plan).flatMap((probe) => {
    const hostAnswered = host.answered.seen && host.answered.value.has(probeKey(probe));
    const [evaluation] = evaluateProbes([probe], node.name, internet);
    return evaluation === undefined
      ? []
      : evaluation.ok === false && !hostAnswered
        ? [
            skipped(
              node.name,
              evaluation.subject,
              evaluation.expected,
              `${probe.address} does not answer the host either`,
            ),
          ]
        : [evaluation];
  });
}
