import type { PreparedKeep } from "../backends/model/saved-fabrics.ts";
import { UsageError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";
import { backendToSave, considerFaults, describeToSave, type ToSave } from "./savable.ts";

export interface KeepRequest extends ToSave {
  readonly progress: Progress;
  readonly interrupted?: AbortSignal;
}

/**
 * Checks that the running switches can be kept for the next `up`, as a step of `down --keep`.
 * @throws UsageError if the backend can't keep them, CommandError with all obstacles.
 */
export function prepareKeep(host: Host, request: KeepRequest): Promise<PreparedKeep> {
  return request.progress.step(
    "Check the switches",
    async () => {
      const backend = await backendToSave(host, request);
      if (backend.savedFabrics === undefined) {
        throw new UsageError(
          `BACKEND=${backend.name} cannot keep the state of its switches: run 'ikvswitch down' without --keep`,
        );
      }
      const prepared = await backend.savedFabrics.prepareKeep(host, request);
      await considerFaults(host, request, backend, "down --keep");
      return prepared;
    },
    (found) => describeToSave(request.fabric, found),
  );
}
