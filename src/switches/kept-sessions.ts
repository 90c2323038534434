import type { Fabric } from "../fabric/types.ts";
import { observersOf } from "./bgp.ts";
import type { Answer } from "./converge.ts";

/**
 * How many of the fabric's BGP sessions are those that switches had when they were saved, and not ones that came up since they
 * went on.
 * @param answers of all that are to be asked: see waitForConvergence.
 * @param ageMs how long the switches had run when it was so late by our process's clock, in ms of their own time.
 */
export function countKeptSessions(
  fabric: Fabric,
  answers: ReadonlyMap<string, Answer>,
  ageMs: (atMs: number) => number,
): number {
  let kept = 0;
  for (const [node, ports] of observersOf(fabric)) {
    const answer = answers.get(node);
    for (const port of ports) {
      const uptimeMs = answer?.sessions[port]?.uptimeMs;
      if (answer !== undefined && uptimeMs !== undefined && uptimeMs >= ageMs(answer.atMs) - RESOLUTION_MS) {
        kept += 1;
      }
    }
  }
  return kept;
}

/** FRR counts whole seconds. A session that is lost takes longer than that to be noticed and to come back. */
const RESOLUTION_MS = 1_000;
