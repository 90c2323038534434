import type { Fabric, Node } from "../fabric/types.ts";
import { untaggedFabric } from "../fabric/untagged.ts";
import { type RoutingFacts, routingFacts } from "../render/routing-facts.ts";
import type { Host } from "../system/host.ts";
import { readAppliedFile, routingDigest } from "./applied-file.ts";
import type { Machines } from "./machines.ts";
import { appliedPath } from "./run-paths.ts";

/** A running fabric, with the plan of the configuration. */
export interface RunningFabric {
  readonly machines: Machines;
  readonly fabric: Fabric;
  readonly runDir: string;
}

/** Returns the plan as these switches can run it. */
export function runnableFabric({ machines, fabric }: Pick<RunningFabric, "machines" | "fabric">): Fabric {
  return machines.vlans ? fabric : untaggedFabric(fabric);
}

/** Returns the facts of the plan on which a switch's routing depends. */
export function plannedFacts(
  running: Pick<RunningFabric, "machines" | "fabric">,
  { name }: Node,
): RoutingFacts {
  const fabric = runnableFabric(running);
  const node = fabric.nodes.find((one) => one.name === name);
  if (node === undefined) {
    throw new Error(`${name} is not in the plan`);
  }
  return routingFacts(fabric, node);
}

/** Reports whether a switch was brought up with the plan of the configuration, as far as its routing depends on it. */
export async function runsPlan(host: Host, running: RunningFabric, node: Node): Promise<boolean> {
  const applied = await readAppliedFile(host, appliedPath(running.runDir, node.name));
  return applied?.routing === routingDigest(plannedFacts(running, node));
}
