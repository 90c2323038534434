import type { Fabric } from "../fabric/types.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import type { Machines } from "../nodes/machines.ts";
import { frozenNodes } from "../nodes/status.ts";
import type { LinkState } from "./link-state.ts";
import { observeLinks } from "./observe.ts";

/** All injected faults. */
export interface ActiveFaults {
  readonly links: readonly LinkState[];
  /** Names of nodes. */
  readonly frozen: readonly string[];
}

/** Queries all links and switches. On a host without the host network there are no faults. */
export async function observeFaults(
  hosts: readonly NetworkHost[],
  fabric: Fabric,
  machines: Machines,
): Promise<ActiveFaults> {
  const [links, frozen] = await Promise.all([observeLinks(hosts, fabric), frozenNodes(machines, fabric)]);
  return activeFaults(links, frozen);
}

/** Returns the faults among these links, and the frozen nodes. */
export function activeFaults(links: readonly LinkState[], frozen: readonly string[]): ActiveFaults {
  return { links: links.filter(({ state }) => state !== "up" && state !== "missing"), frozen };
}
