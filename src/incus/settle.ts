import { CommandError } from "../errors.ts";
import { pause } from "../system/pause.ts";
import type { Cluster } from "./client.ts";
import { type ClusterState, clusterState, type MemberState, type StateRequest } from "./cluster-state.ts";

/** A cluster of three was seen to take 40 s. */
const SETTLE_MS = 60_000;
const PAUSE_MS = 2_000;

export interface SettleOptions {
  /** Members that are not waited for, besides those that don't answer. */
  readonly except?: (name: string) => boolean;
  readonly note?: (text: string) => void;
  readonly interrupted?: AbortSignal | undefined;
}

/**
 * Waits until the cluster can use all members that answer, a minute at most: after the loss of the member that led it,
 * it takes others for lost, too.
 * @throws CommandError if it does not answer at all.
 */
export async function settledState(
  cluster: Cluster,
  request: StateRequest,
  { except = () => false, note = () => {}, interrupted }: SettleOptions = {},
): Promise<ClusterState> {
  const deadline = Date.now() + SETTLE_MS;
  const matters = ({ name }: MemberState) => (request.names?.includes(name) ?? true) && !except(name);
  for (;;) {
    const state = await clusterState(cluster, { ...request, maxAgeMs: 0 });
    if (state.answers && isSettled(state.members.filter(matters))) {
      return state;
    }
    if (Date.now() >= deadline) {
      if (!state.answers) {
        const why = `the cluster has had no database for ${SETTLE_MS / 1000} s: most of its members have to run`;
        throw new CommandError(`ask ${cluster.name}`, undefined, why);
      }
      return state;
    }
    note("waiting until the cluster reaches its members again");
    await pause(PAUSE_MS, interrupted);
    interrupted?.throwIfAborted();
  }
}

/** Reports whether the cluster uses all of these members that answer. One that is evacuated stays so. */
export function isSettled(members: readonly MemberState[]): boolean {
  return members.every(
    ({ answers, isEvacuated, online, isUsable }) => !answers || isEvacuated || (online && isUsable),
  );
}
