import type { Fabric } from "../fabric/types.ts";
import type { Machines } from "../nodes/machines.ts";
import { frozenNodes } from "../nodes/status.ts";
import type { Host } from "../system/host.ts";
import { observeWires } from "./observe.ts";
import type { WireState } from "./wire-state.ts";

/** Everything that somebody broke on purpose. */
export interface FaultsInForce {
  readonly wires: readonly WireState[];
  /** Names of nodes. */
  readonly frozen: readonly string[];
}

/** Look at all wires and switches. On a host without the host network there are none. */
export async function observeFaults(host: Host, fabric: Fabric, machines: Machines): Promise<FaultsInForce> {
  const [wires, frozen] = await Promise.all([observeWires(host, fabric), frozenNodes(machines, fabric)]);
  return {
    wires: wires.filter(({ state }) => state !== "up" && state !== "missing"),
    frozen,
  };
}
