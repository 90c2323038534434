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
import { chooseAccelerator } from "../../../qemu/accel.ts";
import { findQemu } from "../../../qemu/requirements.ts";
import { findArchitecture } from "../../../system/architecture.ts";
import { findEmulatorUser } from "../../../system/emulator-user.ts";
import type { Host } from "../../../system/host.ts";
import { checkStoredName } from "../../../system/stored-name.ts";
import type { PruneRequest, StoredWarmBase } from "../../model/images.ts";
import { readLaunch } from "../launch-file.ts";
import { nodeFolders } from "../node-folder.ts";
import { wantedWarmBases } from "./provide.ts";
import { listWarmBases, warmBaseDiskMiB, warmBaseFolder } from "./store.ts";

/** Returns all warm bases of all images. */
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
 * Deletes an image with its warm bases, or a single warm base.
 * @throws UsageError if the ID is not a valid name; CommandError if neither exists.
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

/** IDs of images and keys of warm bases that are in use or needed by the configuration. */
export interface Used {
  readonly images: ReadonlySet<string>;
  readonly warmBases: ReadonlySet<string>;
}

/** Deletes the images and warm bases that neither the configuration nor a VM nor `needed` refers to. */
export async function pruneImages(
  host: Host,
  { settings, fabric, wanted, needed }: PruneRequest,
): Promise<readonly string[]> {
  const { stateDir, runDir } = settings;
  const images = new Set([wanted, ...(await imagesInUse(host, runDir, stateDir)), ...needed]);
  const warmBases = new Set(await warmBasesInUse(host, settings, fabric, wanted));
  return prune(host, stateDir, { images, warmBases });
}

/** Returns the keys of the warm bases from which `up` would clone. */
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
 * Deletes the images and warm bases that nothing uses.
 * @returns the IDs of those that were deleted.
 * @throws CommandError if one can't be deleted.
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
 * Returns the images from which the VMs below this run directory were started. A VM that is powered on again, for
 * example by its BMC, opens the image's files again.
 */
export async function imagesInUse(host: Host, runDir: string, stateDir: string): Promise<readonly string[]> {
  const nodes = await nodeFolders(host, runDir);
  const launches = await Promise.all(nodes.map((node) => readLaunch(host, node)));
  const folders = new Set(launches.map((launch) => launch?.imageFolder));
  const images = await listImages(host, stateDir);
  return images.map(({ id }) => id).filter((id) => folders.has(imageFolder(stateDir, id)));
}
