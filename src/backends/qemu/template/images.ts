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
import type { PruneRequest, StoredTemplate } from "../../model/images.ts";
import { chooseAccelerator } from "../accel.ts";
import { readLaunch } from "../launch-file.ts";
import { nodeFolders } from "../node-folder.ts";
import { findQemu } from "../preflight.ts";
import { wantedTemplates } from "./provide.ts";
import { listTemplates, templateDiskMiB, templateFolder } from "./store.ts";

/** All templates of all images. */
export async function allTemplates(
  host: Host,
  stateDir: string,
  images: readonly Manifest[],
): Promise<readonly StoredTemplate[]> {
  const found = await Promise.all(
    images.map(async ({ id }) => {
      const folder = imageFolder(stateDir, id);
      return Promise.all(
        (await listTemplates(host, folder)).map(async ({ key, cards, memoryMiB, madeAt }) => ({
          image: id,
          key,
          cards,
          memoryMiB,
          diskMiB: await templateDiskMiB(host, folder, key),
          madeAt,
        })),
      );
    }),
  );
  return found.flat();
}

/**
 * Delete an image with its templates, or a single template.
 * @throws UsageError for what is no name; CommandError where there is neither.
 */
export async function removeStored(host: Host, stateDir: string, id: string): Promise<void> {
  checkStoredName("an image or a warm base", id);
  const templates = await allTemplates(host, stateDir, await listImages(host, stateDir));
  const template = templates.find(({ key }) => key === id);
  if (template !== undefined) {
    await host.remove(templateFolder(imageFolder(stateDir, template.image), id));
    return;
  }
  await removeImage(host, stateDir, id);
}

/** What the configuration asks for, and what runs. */
export interface Used {
  readonly images: ReadonlySet<string>;
  readonly templates: ReadonlySet<string>;
}

/** Delete what neither the configuration nor a machine nor anything else needs. */
export async function pruneImages(
  host: Host,
  { settings, fabric, wanted, needed }: PruneRequest,
): Promise<readonly string[]> {
  const { stateDir, runDir } = settings;
  const images = new Set([wanted, ...(await imagesInUse(host, runDir, stateDir)), ...needed]);
  const templates = new Set(await templatesInUse(host, settings, fabric, wanted));
  return prune(host, stateDir, { images, templates });
}

/** Keys of the templates that `up` would clone from. */
async function templatesInUse(
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
  return (await wantedTemplates(host, fabric.nodes, request)).keys();
}

/**
 * Delete what nothing uses.
 * @returns IDs of the images and templates that were deleted.
 * @throws CommandError where one can't be.
 */
export async function prune(host: Host, stateDir: string, used: Used): Promise<readonly string[]> {
  const images = await listImages(host, stateDir);
  const unusedImages = images.filter(({ id }) => !used.images.has(id)).map(({ id }) => id);
  const unusedTemplates = (await allTemplates(host, stateDir, images))
    .filter(({ image, key }) => used.images.has(image) && !used.templates.has(key))
    .map(({ key }) => key);
  const unused = [...unusedImages, ...unusedTemplates];
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
