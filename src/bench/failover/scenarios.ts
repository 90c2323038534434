import { wireName } from "../../fabric/ends.ts";
import type { Fabric, Wire } from "../../fabric/types.ts";
import { clearWire, silenceWire, takeWireDown } from "../../faults/change.ts";
import { observeWires } from "../../faults/observe.ts";
import type { WireState } from "../../faults/wire-state.ts";
import type { Machines } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import type { StreamPath } from "./path.ts";

export const SCENARIOS = ["link-down", "silent-link", "spine-freeze", "spine-stop", "leaf-stop"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** Those of which no neighbor is told. */
export const SILENT: readonly Scenario[] = ["silent-link", "spine-freeze"];

export const MEANING: Readonly<Record<Scenario, string>> = {
  "link-down": "a spine–leaf link goes down, both ends lose carrier",
  "silent-link": "a spine–leaf link is blackholed, both ends keep carrier",
  "spine-freeze": "a spine is frozen, its links keep carrier",
  "spine-stop": "a spine shuts down",
  "leaf-stop": "a leaf shuts down, which its servers must notice, too",
};

/** Something on the stream's way that can be broken and mended. */
export interface Breakage {
  /** `spine1 ens5 – leaf1 ens4`, `spine1` */
  readonly element: string;
  readonly break: () => Promise<void>;
  readonly mend: () => Promise<void>;
}

const STOP_GRACE_MS = 30_000;

/**
 * What a trial breaks. Trials take the half of the way before the spine and the one after it in turn.
 */
export function breakage(
  host: Host,
  machines: Machines,
  fabric: Fabric,
  scenario: Scenario,
  path: StreamPath,
  trial: number,
): Breakage {
  const isFirstHalf = trial % 2 === 0;
  const wire = isFirstHalf ? path.uplink : path.downlink;
  switch (scenario) {
    case "link-down":
      return ofWire(host, machines, fabric, wire, (state) => takeWireDown(host, machines, state));
    case "silent-link":
      return ofWire(host, machines, fabric, wire, (state) => silenceWire(host, state));
    case "spine-freeze":
      return {
        element: path.spine,
        break: () => machines.freeze(path.spine),
        mend: () => machines.thaw(path.spine),
      };
    case "spine-stop":
      return ofNode(machines, path.spine);
    case "leaf-stop":
      return ofNode(machines, isFirstHalf ? path.upLeaf : path.downLeaf);
  }
}

function ofNode(machines: Machines, node: string): Breakage {
  return {
    element: node,
    break: async () => {
      await machines.stop(node, { graceMs: STOP_GRACE_MS });
    },
    mend: () => machines.start(node),
  };
}

function ofWire(
  host: Host,
  machines: Machines,
  fabric: Fabric,
  wire: Wire,
  fault: (state: WireState) => Promise<void>,
): Breakage {
  const observe = async () => {
    const state = (await observeWires(host, fabric)).find(({ bridge }) => bridge === wire.bridge.name);
    if (state === undefined) {
      throw new Error(`${wire.bridge.name} is in the plan and was not observed`);
    }
    return state;
  };
  return {
    element: wireName(wire),
    break: async () => fault(await observe()),
    mend: async () => clearWire(host, machines, await observe()),
  };
}
