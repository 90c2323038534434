import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { Note } from "../system/progress.ts";
import { waitForConvergence } from "./converge.ts";
import type { Machines } from "./machines.ts";
import { countSurvivingSessions } from "./surviving-sessions.ts";

/** A fabric whose switches have resumed from a saved state. */
export interface RestoredFabric {
  readonly fabric: Fabric;
  /** The time at which all switches ran without pause, by this process's clock, in ms. */
  readonly atMs: number;
  /** How long each had run by then, in ms. */
  readonly ranMs: number;
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  readonly onWarning: (text: string) => void;
}

/** Number of BGP sessions between switches, all of which are established, and of those that never went down. */
export interface RestoredSessions {
  readonly sessions: number;
  readonly survivingSessions: number;
}

/**
 * Waits until a restored fabric has converged, and warns the user about sessions that went down. A fabric whose
 * sessions never went down has already converged.
 * @throws TimeoutError, CommandError, InterruptedError as waitForConvergence does.
 */
export async function convergeRestored(
  host: Host,
  machines: Machines,
  { fabric, atMs, ranMs, timeoutMs, interrupted, onWarning }: RestoredFabric,
  note: Note,
): Promise<RestoredSessions> {
  const answers = await waitForConvergence(host, machines, fabric, {
    ...(interrupted === undefined ? {} : { interrupted }),
    deadline: Date.now() + timeoutMs,
    timeoutMs,
    note,
  });
  const sessions = fabric.sessions.length;
  const survivingSessions = countSurvivingSessions(fabric, answers, atMs - ranMs);
  if (survivingSessions < sessions) {
    onWarning(
      `${sessions - survivingSessions} of ${sessions} BGP sessions were re-established, because the host was too busy to resume all switches in time; set BFD_INTERVAL_MS=1000`,
    );
  }
  return { sessions, survivingSessions };
}

/** Formats the result for the progress. */
export function summarizeRestored(
  { nodes }: Fabric,
  { sessions, survivingSessions }: RestoredSessions,
): string {
  return `${nodes.length} loopbacks answer, ${sessions} BGP sessions are established, ${survivingSessions} of them survived`;
}
