import { findBackend, runningBackend } from "../backends/find.ts";
import type { Backend, Backends } from "../backends/model/backend.ts";
import type { Saved } from "../backends/model/snapshots.ts";
import type { Settings } from "../config/settings.ts";
import { CommandError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { observeFaults } from "../faults/active-faults.ts";
import { faultLines } from "../faults/format.ts";
import { networkHosts } from "../hosts/network-host.ts";
import type { Host } from "../system/host.ts";

/** A running fabric whose switches are to be saved. */
export interface ToSave {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly backends: Backends;
  readonly onWarning: (text: string) => void;
}

/** Returns the backend of the running switches, or the configured one if none run. */
export async function backendToSave(host: Host, { settings, backends }: ToSave): Promise<Backend> {
  const running = await runningBackend(host, { runDir: settings.runDir, backends });
  return running ?? findBackend(backends, settings.backend);
}

/**
 * Checks for faults. A restored fabric has all links up, as after `up`. A frozen switch has no state from which it
 * could resume.
 * @param command for messages: `snapshot save one`.
 * @throws CommandError if a switch is frozen.
 */
export async function considerFaults(
  host: Host,
  { settings, fabric, onWarning }: ToSave,
  backend: Backend,
  command: string,
): Promise<void> {
  const hosts = await networkHosts(host, fabric, settings);
  const faults = await observeFaults(hosts, fabric, await backend.nodes(host, settings.runDir));
  if (faults.frozen.length > 0) {
    const names = faults.frozen.join(" ");
    const hint = `${names}: frozen; run 'ikvswitch node thaw ${names}' first`;
    throw new CommandError(command, undefined, hint);
  }
  for (const line of faultLines(faults)) {
    onWarning(`${line}: a restore will clear it`);
  }
}

/** Formats the requirements of a save for the progress. */
export function describeToSave({ nodes }: Fabric, space: { expectedMiB: number; freeMiB: number }): string {
  return `${nodes.length} run; at most ${space.expectedMiB} MiB to write, ${space.freeMiB} MiB are free`;
}

/** Formats the result of a save for the progress. */
export function describeSaved({ diskMiB, pausedMs }: Saved): string {
  return `${diskMiB} MiB on disk; switches paused for ${(pausedMs / 1000).toFixed(2)} s`;
}
