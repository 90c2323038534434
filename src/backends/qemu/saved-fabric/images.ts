import type { Fabric } from "../../../fabric/types.ts";
import type { Host } from "../../../system/host.ts";
import type { PruneRequest } from "../../model/images.ts";
import type { SnapshotManifest } from "../snapshot/manifest.ts";
import { pruneImages, removeStored } from "../warm-base/images.ts";
import { listSavedFabrics, readSavedFabric, removeSavedFabric, savedFabricFolder } from "./store.ts";

/**
 * Deletes an image with its warm bases and the warm fabric of it, a single warm base, or a saved fabric.
 * @throws UsageError if the ID is not a valid name; CommandError if there is none of it.
 */
export async function removeStoredOrSaved(host: Host, stateDir: string, id: string): Promise<void> {
  const saved = await listSavedFabrics(host, stateDir);
  const named = saved.find(({ kind }) => kind === id);
  if (named === undefined) {
    await removeStored(host, stateDir, id);
  }
  const useless = saved.filter(({ kind, image }) => kind === "warm" && image === id);
  for (const { kind } of named === undefined ? useless : [named]) {
    await removeSavedFabric(host, stateDir, kind);
  }
}

/**
 * Deletes images and warm bases that nothing uses, and a warm fabric that is not of these switches. A kept fabric is
 * never deleted, and needs its image.
 * @returns their IDs.
 */
export async function pruneWithSaved(host: Host, request: PruneRequest): Promise<readonly string[]> {
  const { stateDir, warmFabricMaxMiB } = request.settings;
  const [kept, warm] = await Promise.all([
    readSavedFabric(host, stateDir, "kept"),
    readSavedFabric(host, stateDir, "warm"),
  ]);
  const needed = kept === undefined ? request.needed : [...request.needed, kept.image.id];
  const removed = await pruneImages(host, { ...request, needed });
  const isUsed = warm !== undefined && warmFabricMaxMiB > 0 && isOfPlan(warm, request);
  const isThere = (await host.stat(savedFabricFolder(stateDir, "warm"))) !== undefined;
  if (isUsed || !isThere) {
    return removed;
  }
  await removeSavedFabric(host, stateDir, "warm");
  return [...removed, "warm"];
}

/** Compares only what the plan has: `up` also compares files, which are not rendered here. */
export function isOfPlan(
  { image, nodes }: Pick<SnapshotManifest, "image" | "nodes">,
  { fabric, wanted }: { readonly fabric: Fabric; readonly wanted: string },
): boolean {
  return (
    image.id === wanted &&
    Object.keys(nodes).length === fabric.nodes.length &&
    fabric.nodes.every(({ name, machine }) => nodes[name]?.memoryMiB === machine.memoryMiB)
  );
}
