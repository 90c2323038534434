import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { type ApplyOptions, applyPhases } from "./apply.ts";
import type { ObservedNetwork } from "./model/observed.ts";
import { observeNetwork } from "./observe.ts";
import type { HostBefore } from "./record.ts";
import { removalPhases } from "./removal.ts";
import { restorePhases } from "./restore.ts";

/**
 * Take back what a start that failed has done: everything of ours that was not there before it. What was put
 * right on a device that was there stays right.
 *
 * @param before what the start found.
 * @param record the record that the start found; null where it made one.
 */
export async function undoStart(
  host: Host,
  fabric: Fabric,
  before: ObservedNetwork,
  record: HostBefore | null,
  stateDir: string,
  options: ApplyOptions,
): Promise<void> {
  const observed = await observeNetwork(host, fabric);
  const quiet = { ...options, interrupted: undefined };
  const removal = removalPhases(fabric, observed, before);
  // A host that had a record was changed by an earlier start, whose changes stay.
  const restore = record === null ? await restorePhases(host, observed, stateDir, options.onWarning) : [];
  await applyPhases(host, [...removal, ...restore], quiet);
}
