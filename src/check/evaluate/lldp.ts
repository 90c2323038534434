import type { Node } from "../../fabric/types.ts";
import { type CheckPlan, sessionsOf } from "../expect/plan.ts";
import { compareSeen, type Evaluation, listOrNone } from "../model/item.ts";
import type { NodeObservation } from "../model/observation.ts";

/** Evaluates the LLDP neighbor of every port that leads to another switch. */
export function evaluateLldp(
  { fabric }: CheckPlan,
  node: Node,
  { lldp }: NodeObservation,
): readonly Evaluation[] {
  return sessionsOf(fabric, node).map(({ port, peer, peerPort }) =>
    compareSeen(lldp, node.name, `${node.name} ${port}`, `${peer.name} ${peerPort}`, (neighbors) =>
      listOrNone((neighbors.get(port) ?? []).map((neighbor) => `${neighbor.system} ${neighbor.port}`)),
    ),
  );
}
