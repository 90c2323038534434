import type { HttpsBody } from "../system/https/client.ts";
import { objectsIn, textOf } from "../untrusted-json.ts";
import { hasStatus } from "./answer.ts";
import { apiPath, type Cluster, type Query } from "./client.ts";

/** A custom volume of a storage pool, which is on one member. */
export interface VolumePlace {
  readonly pool: string;
  readonly name: string;
  readonly member: string;
}

const IMPORT_TIMEOUT_MS = 10 * 60_000;

/** Reports whether there is such a pool. A client that is restricted to a project can't list them. */
export async function hasPool(cluster: Cluster, pool: string): Promise<boolean> {
  try {
    await customVolumes(cluster, pool);
    return true;
  } catch (error) {
    if (hasStatus(error, 404)) {
      return false;
    }
    throw error;
  }
}

/** Returns the custom volumes of a pool. @param query `target`: of one member, which is asked for them. */
export async function customVolumes(
  cluster: Cluster,
  pool: string,
  query: Query = {},
  timeoutMs?: number,
): Promise<readonly VolumePlace[]> {
  return volumes(
    await cluster.get(volumesPath(pool, "custom"), { ...query, recursion: "1" }, timeoutMs),
    pool,
  );
}

/** Returns the root disks of containers in a pool, each with its container's name. No member is asked for that. */
export async function rootVolumes(cluster: Cluster, pool: string): Promise<readonly VolumePlace[]> {
  return volumes(await cluster.get(volumesPath(pool, "container"), { recursion: "1" }), pool);
}

function volumesPath(pool: string, type: "custom" | "container"): string {
  return `${apiPath("storage-pools", pool, "volumes")}/${type}`;
}

function volumes(found: unknown, pool: string): readonly VolumePlace[] {
  return objectsIn(found).map((volume) => ({
    pool,
    name: textOf(volume.name, ""),
    member: textOf(volume.location, ""),
  }));
}

/** Makes a volume of a backup of one (backup.ts). @param backup as tar, which may be compressed. */
export async function importVolume(
  cluster: Cluster,
  { pool, name, member }: VolumePlace,
  backup: HttpsBody,
): Promise<void> {
  await cluster.change("POST", `${apiPath("storage-pools", pool, "volumes")}/custom`, {
    query: { target: member },
    body: backup,
    headers: {
      "content-type": "application/octet-stream",
      "X-Incus-name": name,
      "X-LXD-name": name,
    },
    timeoutMs: IMPORT_TIMEOUT_MS,
  });
}

export async function deleteVolume(cluster: Cluster, { pool, name, member }: VolumePlace): Promise<void> {
  await cluster.change("DELETE", apiPath("storage-pools", pool, "volumes", "custom", name), {
    query: { target: member },
  });
}
