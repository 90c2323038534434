import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { applyPhases } from "./apply.ts";
import type { Phase } from "./model/actions.ts";
import { removalPhases } from "./removal.ts";
import { observeReadyHost } from "./requirements.ts";
import { restorePhases } from "./restore.ts";
import type { HostNetworkOptions } from "./start.ts";

export interface StopResult {
  /** Phases that were run, or with `dryRun` would be; empty if nothing of ours existed. */
  readonly phases: readonly Phase[];
}

/**
 * Removes all that is ours from the host's network, whatever configuration it was made with, and restores the host's
 * own settings. Can be repeated after an interruption.
 *
 * @throws CommandError when something can't be removed.
 */
export async function stopHostNetwork(
  host: Host,
  fabric: Fabric,
  options: Omit<HostNetworkOptions, "dnsServers">,
): Promise<StopResult> {
  const observed = await observeReadyHost(host, fabric, "remove");
  const phases = [
    ...removalPhases(fabric, observed),
    ...(await restorePhases(host, fabric, observed, options.stateDir, options.onWarning ?? (() => {}))),
  ];
  if (!options.dryRun) {
    await applyPhases(host, phases, { onProgress: () => {}, onWarning: () => {}, ...options });
  }
  return { phases };
}
