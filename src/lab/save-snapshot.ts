import type { Backends } from "../backends/model/backend.ts";
import type { PreparedSave, Saved, SnapshotSaveRequest } from "../backends/model/snapshots.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";
import { checkStoredName } from "../system/stored-name.ts";
import { backendToSave, considerFaults, describeSaved, describeToSave } from "./savable.ts";
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
  const { expectedMiB, freeMiB, save } = await progress.step(
    "Check the switches",
    () => prepare(host, request),
    (found) => describeToSave(fabric, found),
  );
  const { pausedMs, diskMiB } = await progress.step("Save the switches", save, describeSaved);
  return { name, switches: fabric.nodes.length, pausedMs, expectedMiB, freeMiB, diskMiB };
}

async function prepare(host: Host, request: SaveRequest): Promise<PreparedSave> {
  const backend = await backendToSave(host, request);
  const snapshots = await demandSnapshots(backend, request.backends);
  const prepared = await snapshots.prepareSave(host, request);
  await considerFaults(host, request, backend, `snapshot save ${request.name}`);
  return prepared;
}
