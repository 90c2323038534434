import { allBackends } from "../backends/find.ts";
import type { Backends } from "../backends/model/backend.ts";
import type { SavedFabric } from "../backends/model/saved-fabrics.ts";
import type { Settings } from "../config/settings.ts";
import { formatTime } from "../format/time.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";

/** Lists the saved fabrics of all backends. */
export async function listSavedFabrics(
  host: Host,
  stateDir: string,
  backends: Backends,
): Promise<readonly SavedFabric[]> {
  const all = await allBackends(backends);
  return (await Promise.all(all.map(({ savedFabrics }) => savedFabrics?.list(host, stateDir) ?? []))).flat();
}

/** Returns the fabric that `down --keep` has kept, which the next `up` resumes; null if there is none. */
export async function findKept(
  host: Host,
  stateDir: string,
  backends: Backends,
): Promise<SavedFabric | null> {
  return (await listSavedFabrics(host, stateDir, backends)).find(({ kind }) => kind === "kept") ?? null;
}

/** Removes all saved fabrics, and reports this if there is a kept one, which has the user's own changes. */
export async function discardSavedFabrics(
  host: Host,
  {
    settings,
    backends,
    progress,
  }: { readonly settings: Settings; readonly backends: Backends; readonly progress: Progress },
): Promise<void> {
  const { stateDir } = settings;
  const kept = await findKept(host, stateDir, backends);
  const remove = async () => {
    for (const { savedFabrics } of await allBackends(backends)) {
      await savedFabrics?.remove(host, stateDir, "kept");
      await savedFabrics?.remove(host, stateDir, "warm");
    }
  };
  if (kept === null) {
    await remove();
    return;
  }
  await progress.step(
    "Discard the kept switches",
    remove,
    () => `${kept.switches} switches, kept at ${formatTime(kept.savedAt)}`,
  );
}
