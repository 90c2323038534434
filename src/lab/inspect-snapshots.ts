import { checkFiles } from "../backends/qemu/kept-files.ts";
import type { SnapshotManifest } from "../backends/qemu/snapshot/manifest.ts";
import {
  findSnapshotSite,
  type SiteRequest,
  snapshotProblems,
} from "../backends/qemu/snapshot/snapshot-site.ts";
import { listSnapshots, snapshotDiskMiB, snapshotFolder } from "../backends/qemu/snapshot/store.ts";
import { ConfigError, PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";

export interface InspectedSnapshot {
  readonly name: string;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly switches: number;
  readonly diskMiB: number;
  readonly compressed: boolean;
  /** That the switches run from. */
  readonly image: string;
  /** The user's machines that were saved with them. */
  readonly racked: readonly string[];
  /** Why it can't be restored now; empty where it can. */
  readonly problems: readonly string[];
}

/** All snapshots, and whether each could be restored to this configuration on this machine. */
export async function inspectSnapshots(
  host: Host,
  request: SiteRequest,
): Promise<readonly InspectedSnapshot[]> {
  const stateDir = request.config.STATE_DIR;
  const manifests = await listSnapshots(host, stateDir);
  if (manifests.length === 0) {
    return [];
  }
  const problemsOf = await judge(host, request);
  return Promise.all(
    manifests.map(async (manifest) => ({
      name: manifest.name,
      savedAt: manifest.savedAt,
      switches: Object.keys(manifest.nodes).length,
      diskMiB: await snapshotDiskMiB(host, stateDir, manifest.name),
      compressed: manifest.compressed,
      image: manifest.image.id,
      racked: manifest.racked,
      problems: await problemsOf(manifest),
    })),
  );
}

type Judge = (manifest: SnapshotManifest) => Promise<readonly string[]>;

/** A machine that can't run switches can list snapshots all the same. */
async function judge(host: Host, request: SiteRequest): Promise<Judge> {
  if (request.config.BACKEND === "netns") {
    return async () => ["BACKEND=netns: its switches are virtual machines"];
  }
  try {
    const site = await findSnapshotSite(host, request);
    return (manifest) =>
      snapshotProblems(host, manifest, site, async ({ name, files }) => {
        const folder = snapshotFolder(request.config.STATE_DIR, name);
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
