import type { Fabric } from "../fabric/types.ts";
import { observersOf } from "./bgp.ts";
import type { Answer } from "./converge.ts";

/**
 * How many of the fabric's BGP sessions are those that switches had when they were saved, and not ones that came up since they
 * went on.
 * @param answers of all that are to be asked: see waitForConvergence.
 * @param beganMs when the switches would have gone on, by our process's clock, had they run all the time since.
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

/** FRR counts whole seconds. A session that is lost takes longer than that to be noticed and to come back. */
const RESOLUTION_MS = 1_000;
