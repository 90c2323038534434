import type { Node } from "../../fabric/types.ts";
import { compareSeen, type Evaluation, listOrNone } from "../model/item.ts";
import type { NodeObservation } from "../model/observation.ts";

/** What each switch needs; FRR from version 9 has mgmtd besides, and most have watchfrr. */
const DAEMONS = ["bfdd", "bgpd", "staticd", "zebra"];

/** Whether the switch runs FRR's daemons. */
export function evaluateDaemons(node: Node, { frr }: NodeObservation): Evaluation {
  return compareSeen(frr, node.name, `${node.name} FRR`, listOrNone(DAEMONS), ({ daemons }) =>
    listOrNone(DAEMONS.filter((daemon) => daemons.includes(daemon))),
  );
}

/** @param why it can't be queried, null where it answers */
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
