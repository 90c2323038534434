import type { Fabric } from "../fabric/types.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import type { Machines } from "../nodes/machines.ts";
import { pause } from "../system/pause.ts";
import { type FabricEvent, type FabricState, fabricEvents, NOTHING } from "./events.ts";
import { observeFabricState } from "./fabric-state.ts";

export interface FollowRequest {
  readonly fabric: Fabric;
  /** Called for each round, since the switches may have been brought up with another backend meanwhile. */
  readonly machines: () => Promise<Machines>;
  readonly intervalMs: number;
  /** Begin with the present state of everything. */
  readonly fromNothing: boolean;
  /** Ends the following. */
  readonly interrupted: AbortSignal;
  readonly onEvents: (events: readonly FabricEvent[]) => void;
}

/** Observes a fabric again and again, and reports each change. */
export async function followFabric(hosts: readonly NetworkHost[], request: FollowRequest): Promise<void> {
  const { fabric, machines, intervalMs, fromNothing, interrupted, onEvents } = request;
  const observe = async (before: FabricState) => observeFabricState(hosts, fabric, await machines(), before);
  let before = fromNothing ? NOTHING : await observe(NOTHING);
  while (!interrupted.aborted) {
    const after = await observe(before);
    if (interrupted.aborted) {
      return;
    }
    onEvents(fabricEvents(before, after, new Date()));
    before = after;
    await pause(intervalMs, interrupted);
  }
}
