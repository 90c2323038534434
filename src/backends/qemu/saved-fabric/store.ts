import { readBootId } from "../../../system/boot-id.ts";
import type { Host } from "../../../system/host.ts";
import { removeWholeFolder } from "../../../system/whole-folder.ts";
import type { SavedFabric, SavedFabricKind } from "../../model/saved-fabrics.ts";
import { diskMiB } from "../kept-files.ts";
import type { SnapshotManifest } from "../snapshot/manifest.ts";
import { readManifest } from "../snapshot/store.ts";

/** The folder of the saved fabrics. Each is a snapshot, but for its place and its name. */
export function savedFabricsFolder(stateDir: string): string {
  return `${stateDir}/saved-fabrics`;
}

export function savedFabricFolder(stateDir: string, kind: SavedFabricKind): string {
  return `${savedFabricsFolder(stateDir)}/${kind}`;
}

/** Reads the manifest of a saved fabric; undefined if there is none, or it was lost when the host went down. */
export async function readSavedFabric(
  host: Host,
  stateDir: string,
  kind: SavedFabricKind,
): Promise<SnapshotManifest | undefined> {
  const manifest = await readManifest(host, savedFabricFolder(stateDir, kind));
  return manifest?.bootId === undefined || manifest.bootId === (await readBootId(host))
    ? manifest
    : undefined;
}

export async function listSavedFabrics(host: Host, stateDir: string): Promise<readonly SavedFabric[]> {
  const kinds = ["kept", "warm"] as const;
  const found = await Promise.all(kinds.map((kind) => describe(host, stateDir, kind)));
  return found.filter((one) => one !== undefined);
}

async function describe(
  host: Host,
  stateDir: string,
  kind: SavedFabricKind,
): Promise<SavedFabric | undefined> {
  const manifest = await readSavedFabric(host, stateDir, kind);
  return (
    manifest && {
      kind,
      image: manifest.image.id,
      savedAt: manifest.savedAt,
      switches: Object.keys(manifest.nodes).length,
      diskMiB: await diskMiB(host, savedFabricFolder(stateDir, kind)),
    }
  );
}

/** Removes a saved fabric; VMs that resumed from it keep running. */
export async function removeSavedFabric(host: Host, stateDir: string, kind: SavedFabricKind): Promise<void> {
  await removeWholeFolder(host, savedFabricFolder(stateDir, kind));
}
