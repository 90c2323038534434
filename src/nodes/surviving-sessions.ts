import type { Fabric } from "../fabric/types.ts";
import { observersOf } from "./bgp.ts";
import type { Answer } from "./converge.ts";

/**
 * Counts the fabric's BGP sessions that survived, from when the switches were saved, as opposed to those that came up
 * after they resumed.
 * @param answers of all switches that have to be queried: see waitForConvergence.
 * @param beganMs time at which the switches would have resumed, by our process's clock, had they run all the time
 *   since.
 */
export function countSurvivingSessions(
  fabric: Fabric,
  answers: ReadonlyMap<string, Answer>,
  beganMs: number,
): number {
  let kept = 0;
  for (const [node, ports] of observersOf(fabric)) {
    const answer = answers.get(node);
    for (const port of ports) {
      const uptimeMs = answer?.sessions[port]?.uptimeMs;
      if (
        answer !== undefined &&
        uptimeMs !== undefined &&
        uptimeMs >= answer.atMs - beganMs - RESOLUTION_MS
      ) {
        kept += 1;
      }
    }
  }
  return kept;
}

/** FRR counts whole seconds. To detect a lost session and to establish it again takes longer than that. */
const RESOLUTION_MS = 1_000;
