import { ConfigError, PreflightError } from "../../../errors.ts";
import type { Host } from "../../../system/host.ts";
import type { InspectedSnapshot, SnapshotSettings } from "../../model/snapshots.ts";
import { checkFiles } from "../kept-files.ts";
import type { SnapshotManifest } from "./manifest.ts";
import { findRestoreTarget, snapshotProblems } from "./restore-target.ts";
import { listSnapshots, snapshotDiskMiB, snapshotFolder } from "./store.ts";

/** Returns all snapshots, and whether each can be restored to this configuration on this host. */
export async function inspectSnapshots(
  host: Host,
  request: SnapshotSettings,
): Promise<readonly InspectedSnapshot[]> {
  const stateDir = request.settings.stateDir;
  const manifests = await listSnapshots(host, stateDir);
  if (manifests.length === 0) {
    return [];
  }
  const problemsOf = await compare(host, request);
  return Promise.all(
    manifests.map(async (manifest) => ({
      name: manifest.name,
      savedAt: manifest.savedAt,
      switches: Object.keys(manifest.nodes).length,
      diskMiB: await snapshotDiskMiB(host, stateDir, manifest.name),
      compressed: manifest.compressed,
      image: manifest.image.id,
      attachedVms: manifest.racked,
      problems: await problemsOf(manifest),
    })),
  );
}

type FindProblems = (manifest: SnapshotManifest) => Promise<readonly string[]>;

/** Returns the comparison with this host. A host that can't run switches can still list snapshots. */
async function compare(host: Host, request: SnapshotSettings): Promise<FindProblems> {
  const configured = request.settings.backend;
  if (configured !== "qemu") {
    return async () => [`BACKEND=${configured}: needs BACKEND=qemu`];
  }
  try {
    const target = await findRestoreTarget(host, request);
    return (manifest) =>
      snapshotProblems(host, manifest, target, async ({ name, files }) => {
        const folder = snapshotFolder(request.settings.stateDir, name);
        return (await checkFiles(host, folder, files)).problems;
      });
  } catch (error) {
    if (error instanceof PreflightError) {
      return async () => error.missing.map(({ what }) => what);
    }
    if (error instanceof ConfigError) {
      return async () => error.problems.map(({ message }) => message);
    }
    throw error;
  }
}
