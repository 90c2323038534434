import type { Node } from "../../fabric/types.ts";
import { hasOwnPort } from "../../fabric/uplink.ts";
import type { Uplink } from "../../fabric/uplink-types.ts";
import { type CheckPlan, wayOutSender } from "../expect/plan.ts";
import { type PlannedProbe, wayOutProbe } from "../expect/probes.ts";
import { compareSeen, type Evaluation, skipped } from "../model/item.ts";
import type { NodeObservation } from "../model/observation.ts";
import { probeKey } from "../model/query.ts";
import { evaluateProbes } from "./probes.ts";

/**
 * Evaluates whether traffic that leaves the fabric is answered, as the fabric's way out demands. If it leaves by the
 * host, the host sends the same probe. If that is not answered either, the router does not answer echo requests, and
 * the item is skipped.
 */
export function evaluateWayOut(
  plan: CheckPlan,
  node: Node,
  seen: NodeObservation,
  host: NodeObservation,
): readonly Evaluation[] {
  const { uplink } = plan.fabric;
  if (node.name !== wayOutSender(plan.fabric)) {
    return [];
  }
  return wayOutProbe(plan).map((probe) => {
    const hostAnswered = host.answered.seen && host.answered.value.has(probeKey(probe));
    if (uplink.kind === "isolated") {
      return hostAnswered
        ? evaluateIsolation(probe, node.name, seen)
        : unanswered(probe, node.name, NO_ANSWER);
    }
    const [evaluation] = evaluateProbes([probe], node.name, seen);
    if (evaluation?.ok === false && !hostAnswered && !hasOwnPort(uplink)) {
      return unanswered(probe, node.name, evaluation.expected);
    }
    return evaluation === undefined ? unanswered(probe, node.name, "answer") : withHint(evaluation, uplink);
  });
}

const NO_ANSWER = "no answer, since there is no way out";

function evaluateIsolation(probe: PlannedProbe, node: string, { answered }: NodeObservation): Evaluation {
  return compareSeen(answered, node, probe.subject, NO_ANSWER, (keys) =>
    keys.has(probeKey(probe)) ? "answer" : NO_ANSWER,
  );
}

function unanswered({ subject, address }: PlannedProbe, node: string, expected: string): Evaluation {
  return skipped(node, subject, expected, `${address} does not answer the host either`);
}

/** Names what is usually missing if packets keep their source. */
function withHint(evaluation: Evaluation, uplink: Uplink): Evaluation {
  const keepsSource = uplink.kind === "routed" || (hasOwnPort(uplink) && !uplink.nat);
  return evaluation.ok === false && keepsSource
    ? { ...evaluation, observed: `${evaluation.observed}; has the router a route to the fabric?` }
    : evaluation;
}
