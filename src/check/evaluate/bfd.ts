import type { Node } from "../../fabric/types.ts";
import { type CheckPlan, sessionsOf } from "../expect/plan.ts";
import { compareSeen, type Evaluation } from "../model/item.ts";
import type { BfdState, NodeObservation } from "../model/observation.ts";

/** What is observed of a session that has not been up yet (RFC 5880, section 6.2). */
export const BFD_BEGINS: readonly string[] = ["down", "init"];

/** The BFD peer of every session. */
export function evaluateBfd(
  { fabric }: CheckPlan,
  node: Node,
  { frr }: NodeObservation,
): readonly Evaluation[] {
  return sessionsOf(fabric, node).map(({ port }) =>
    compareSeen(frr, node.name, `${node.name} ${port}`, "up", ({ bfd }) => describe(bfd.get(port))),
  );
}

function describe(peer: BfdState | undefined): string {
  if (peer === undefined) {
    return "no peer";
  }
  return peer.status === "up" || peer.diagnostic === "ok"
    ? peer.status
    : `${peer.status} (${peer.diagnostic})`;
}
