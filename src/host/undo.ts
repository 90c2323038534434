import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { type ApplyOptions, applyPhases } from "./apply.ts";
import type { ObservedNetwork } from "./model/observed.ts";
import { observeNetwork } from "./observe.ts";
import type { HostBefore } from "./record.ts";
import { removalPhases } from "./removal.ts";
import { restorePhases } from "./restore.ts";

/**
 * Undoes the changes of a failed start: removes everything of ours that did not exist before it. Corrections of
 * existing devices stay.
 *
 * @param before state before the start.
 * @param record the record that the start found; null if it made one.
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
  // On a host that already had a record, the changes of an earlier start stay.
  const restore =
    record === null ? await restorePhases(host, fabric, observed, stateDir, options.onWarning) : [];
  await applyPhases(host, [...removal, ...restore], quiet);
}
