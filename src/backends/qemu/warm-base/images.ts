import type { Settings } from "../../../config/settings.ts";
import type { Fabric } from "../../../fabric/types.ts";
import {
  bootFiles,
  findImage,
  imageFolder,
  listImages,
  type Manifest,
  removeImage,
} from "../../../image/store.ts";
import { findArchitecture } from "../../../system/architecture.ts";
import { findEmulatorUser } from "../../../system/emulator-user.ts";
import type { Host } from "../../../system/host.ts";
import { checkStoredName } from "../../../system/stored-name.ts";
import type { PruneRequest, StoredWarmBase } from "../../model/images.ts";
import { chooseAccelerator } from "../accel.ts";
import { readLaunch } from "../launch-file.ts";
import { nodeFolders } from "../node-folder.ts";
import { findQemu } from "../preflight.ts";
import { wantedWarmBases } from "./provide.ts";
import { listWarmBases, warmBaseDiskMiB, warmBaseFolder } from "./store.ts";

/** All warm bases of all images. */
export async function allWarmBases(
  host: Host,
  stateDir: string,
  images: readonly Manifest[],
): Promise<readonly StoredWarmBase[]> {
  const found = await Promise.all(
    images.map(async ({ id }) => {
      const folder = imageFolder(stateDir, id);
      return Promise.all(
        (await listWarmBases(host, folder)).map(async ({ key, cards, memoryMiB, madeAt }) => ({
          image: id,
          key,
          nics: cards,
          memoryMiB,
          diskMiB: await warmBaseDiskMiB(host, folder, key),
          madeAt,
        })),
      );
    }),
  );
  return found.flat();
}

/**
 * Delete an image with its warm bases, or a single warm base.
 * @throws UsageError for what is no name; CommandError where there is neither.
 */
export async function removeStored(host: Host, stateDir: string, id: string): Promise<void> {
  checkStoredName("an image or a warm base", id);
  const warmBases = await allWarmBases(host, stateDir, await listImages(host, stateDir));
  const warmBase = warmBases.find(({ key }) => key === id);
  if (warmBase !== undefined) {
    await host.remove(warmBaseFolder(imageFolder(stateDir, warmBase.image), id));
    return;
  }
  await removeImage(host, stateDir, id);
}

/** What the configuration asks for, and what runs. */
export interface Used {
  readonly images: ReadonlySet<string>;
  readonly warmBases: ReadonlySet<string>;
}

/** Delete what neither the configuration nor a machine nor anything else needs. */
export async function pruneImages(
  host: Host,
  { settings, fabric, wanted, needed }: PruneRequest,
): Promise<readonly string[]> {
  const { stateDir, runDir } = settings;
  const images = new Set([wanted, ...(await imagesInUse(host, runDir, stateDir)), ...needed]);
  const warmBases = new Set(await warmBasesInUse(host, settings, fabric, wanted));
  return prune(host, stateDir, { images, warmBases });
}

/** Keys of the warm bases that `up` would clone from. */
async function warmBasesInUse(
  host: Host,
  settings: Settings,
  fabric: Fabric,
  image: string,
): Promise<Iterable<string>> {
  const manifest = await findImage(host, settings.stateDir, image);
  if (manifest === undefined || settings.boot === "cold") {
    return [];
  }
  const architecture = await findArchitecture(host);
  const qemuVersion = await findQemu(host, architecture);
  const user = await findEmulatorUser(host, settings.emulatorUser);
  const found = { architecture, qemuVersion, user, stateDir: settings.stateDir, wanted: settings.accel };
  const { accelerator } = await chooseAccelerator(host, found);
  const boot = bootFiles(settings.stateDir, manifest);
  const request = { architecture, accelerator, qemuVersion, boot, user };
  return (await wantedWarmBases(host, fabric.nodes, request)).keys();
}

/**
 * Delete what nothing uses.
 * @returns IDs of the images and warm bases that were deleted.
 * @throws CommandError where one can't be.
 */
export async function prune(host: Host, stateDir: string, used: Used): Promise<readonly string[]> {
  const images = await listImages(host, stateDir);
  const unusedImages = images.filter(({ id }) => !used.images.has(id)).map(({ id }) => id);
  const unusedWarmBases = (await allWarmBases(host, stateDir, images))
    .filter(({ image, key }) => used.images.has(image) && !used.warmBases.has(key))
    .map(({ key }) => key);
  const unused = [...unusedImages, ...unusedWarmBases];
  for (const id of unused) {
    await removeStored(host, stateDir, id);
  }
  return unused;
}

/**
 * Images that the machines below this run directory were started from: a machine that is switched on again, by its
 * BMC say, opens its files again.
 */
export async function imagesInUse(host: Host, runDir: string, stateDir: string): Promise<readonly string[]> {
  const nodes = await nodeFolders(host, runDir);
  const launches = await Promise.all(nodes.map((node) => readLaunch(host, node)));
  const folders = new Set(launches.map((launch) => launch?.imageFolder));
  const images = await listImages(host, stateDir);
  return images.map(({ id }) => id).filter((id) => folders.has(imageFolder(stateDir, id)));
}
