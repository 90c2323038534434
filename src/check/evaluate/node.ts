import type { Node } from "../../fabric/types.ts";
import { compareSeen, type Evaluation, listOrNone } from "../model/item.ts";
import type { NodeObservation } from "../model/observation.ts";

/** Daemons that every switch needs. FRR 9 and later also has mgmtd, and most switches have watchfrr. */
const DAEMONS = ["bfdd", "bgpd", "staticd", "zebra"];

/** Evaluates whether the switch runs FRR's daemons. */
export function evaluateDaemons(node: Node, { frr }: NodeObservation): Evaluation {
  return compareSeen(frr, node.name, `${node.name} FRR`, listOrNone(DAEMONS), ({ daemons }) =>
    listOrNone(DAEMONS.filter((daemon) => daemons.includes(daemon))),
  );
}

/** @param why the reason why the switch cannot be queried; null if it answers */
export function evaluateAnswer(node: Node, why: string | null): Evaluation {
  const expected = "runs and answers";
  return {
    subject: node.name,
    node: node.name,
    expected,
    observed: why ?? expected,
    ok: why === null,
  };
}
