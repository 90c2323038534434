import { linkName } from "../../fabric/ends.ts";
import type { Fabric, Link } from "../../fabric/types.ts";
import { blackholeLink, clearLink, takeLinkDown } from "../../faults/change.ts";
import type { LinkState } from "../../faults/link-state.ts";
import { observeLinks } from "../../faults/observe.ts";
import type { NetworkHost } from "../../hosts/network-host.ts";
import type { Machines } from "../../nodes/machines.ts";
import type { StreamPath } from "./path.ts";

export const SCENARIOS = ["link-down", "link-blackhole", "spine-freeze", "spine-stop", "leaf-stop"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** Scenarios without any signal to the neighbors. */
export const SILENT: readonly Scenario[] = ["link-blackhole", "spine-freeze"];

export const MEANING: Readonly<Record<Scenario, string>> = {
  "link-down": "a spine–leaf link goes down, both ends lose carrier",
  "link-blackhole": "a spine–leaf link is blackholed, both ends keep carrier",
  "spine-freeze": "a spine is frozen, its links keep carrier",
  "spine-stop": "a spine shuts down",
  "leaf-stop": "a leaf shuts down, which its servers must notice, too",
};

/** An element of the stream's path that can be broken and repaired. */
export interface Breakage {
  /** `spine1 ens5 – leaf1 ens4`, `spine1` */
  readonly element: string;
  readonly break: () => Promise<void>;
  readonly mend: () => Promise<void>;
}

const STOP_GRACE_MS = 30_000;

/**
 * Returns the element that a trial breaks. Trials alternate between the half of the path before the spine and the one
 * after it.
 */
export function breakage(
  hosts: readonly NetworkHost[],
  machines: Machines,
  fabric: Fabric,
  scenario: Scenario,
  path: StreamPath,
  trial: number,
): Breakage {
  const isFirstHalf = trial % 2 === 0;
  const link = isFirstHalf ? path.uplink : path.downlink;
  switch (scenario) {
    case "link-down":
      return ofLink(hosts, machines, fabric, link, (state) => takeLinkDown(hosts, machines, state));
    case "link-blackhole":
      return ofLink(hosts, machines, fabric, link, (state) => blackholeLink(hosts, state));
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

function ofLink(
  hosts: readonly NetworkHost[],
  machines: Machines,
  fabric: Fabric,
  link: Link,
  fault: (state: LinkState) => Promise<void>,
): Breakage {
  const observe = async () => {
    const state = (await observeLinks(hosts, fabric)).find(({ bridge }) => bridge === link.bridge.name);
    if (state === undefined) {
      throw new Error(`${link.bridge.name} is in the plan and was not observed`);
    }
    return state;
  };
  return {
    element: linkName(link),
    break: async () => fault(await observe()),
    mend: async () => clearLink(hosts, machines, await observe()),
  };
}
