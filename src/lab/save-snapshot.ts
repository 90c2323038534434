import { findBackend, runningBackend } from "../backends/find.ts";
import type { Backend, Backends } from "../backends/model/backend.ts";
import type { PreparedSave, Saved, SnapshotSaveRequest } from "../backends/model/snapshots.ts";
import { CommandError } from "../errors.ts";
import { observeFaults } from "../faults/active-faults.ts";
import { faultLines } from "../faults/format.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";
import { checkStoredName } from "../system/stored-name.ts";
import { demandSnapshots } from "./snapshots.ts";

export interface SaveRequest extends SnapshotSaveRequest {
  readonly backends: Backends;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

export interface SaveReport extends Saved, Pick<PreparedSave, "expectedMiB" | "freeMiB"> {
  readonly name: string;
  readonly switches: number;
}

/** Freezes all switches together, saves them, and resumes them. */
export async function saveSnapshot(host: Host, request: SaveRequest): Promise<SaveReport> {
  const { fabric, name, progress } = request;
  checkStoredName("a snapshot", name);
  const switches = fabric.nodes.length;
  const { expectedMiB, freeMiB, save } = await progress.step(
    "Check the switches",
    () => prepare(host, request),
    (found) => `${switches} run; at most ${found.expectedMiB} MiB to write, ${found.freeMiB} MiB are free`,
  );
  const { pausedMs, diskMiB } = await progress.step(
    "Save the switches",
    save,
    (saved) => `${saved.diskMiB} MiB on disk; switches paused for ${(saved.pausedMs / 1000).toFixed(2)} s`,
  );
  return { name, switches, pausedMs, expectedMiB, freeMiB, diskMiB };
}

async function prepare(host: Host, request: SaveRequest): Promise<PreparedSave> {
  const { settings, backends } = request;
  const backend =
    (await runningBackend(host, { runDir: settings.runDir, backends })) ??
    (await findBackend(backends, settings.backend));
  const snapshots = await demandSnapshots(backend, backends);
  const prepared = await snapshots.prepareSave(host, request);
  await considerFaults(host, request, backend);
  return prepared;
}

/**
 * Checks for faults. A restored fabric has all links up, as after `up`. A frozen switch has no state from which it
 * could resume.
 */
async function considerFaults(
  host: Host,
  { settings, fabric, name, onWarning }: SaveRequest,
  backend: Backend,
): Promise<void> {
  const faults = await observeFaults(host, fabric, await backend.nodes(host, settings.runDir));
  if (faults.frozen.length > 0) {
    const names = faults.frozen.join(" ");
    const hint = `${names}: frozen; run 'ikvswitch node thaw ${names}' first`;
    throw new CommandError(`snapshot save ${name}`, undefined, hint);
  }
  for (const line of faultLines(faults)) {
    onWarning(`${line}: a restore will clear it`);
  }
}
