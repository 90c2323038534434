import type { Resumed, SnapshotRestoreRequest } from "../backends/model/snapshots.ts";
import { waitForConvergence } from "../nodes/converge.ts";
import type { Machines } from "../nodes/machines.ts";
import { countSurvivingSessions } from "../nodes/surviving-sessions.ts";
import type { Host } from "../system/host.ts";

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
  { fabric, timeoutMs, interrupted, onWarning }: SnapshotRestoreRequest,
  { atMs, ranMs }: Resumed,
  note: (text: string) => void,
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
