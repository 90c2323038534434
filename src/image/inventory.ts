import { readLaunch } from "../backends/qemu/launch.ts";
import { nodePaths, nodesFolder } from "../backends/qemu/paths.ts";
import {
  listTemplates,
  type TemplateManifest,
  templateDiskMiB,
  templateFolder,
} from "../backends/qemu/template/store.ts";
import type { Host } from "../system/host.ts";
import { checkStoredName } from "../system/stored-name.ts";
import { imageFolder, listImages, type Manifest, removeImage } from "./store.ts";

/** A template for warm starts, and what it takes. */
export interface StoredTemplate {
  readonly image: string;
  readonly manifest: TemplateManifest;
  readonly diskMiB: number;
}

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
        (await listTemplates(host, folder)).map(async (manifest) => ({
          image: id,
          manifest,
          diskMiB: await templateDiskMiB(host, folder, manifest.key),
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
  checkStoredName("an image or a template", id);
  const templates = await allTemplates(host, stateDir, await listImages(host, stateDir));
  const template = templates.find(({ manifest }) => manifest.key === id);
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

/**
 * Delete what nothing uses.
 * @returns IDs of the images and templates that were deleted.
 * @throws CommandError where one can't be.
 */
export async function prune(host: Host, stateDir: string, used: Used): Promise<readonly string[]> {
  const images = await listImages(host, stateDir);
  const unusedImages = images.filter(({ id }) => !used.images.has(id)).map(({ id }) => id);
  const unusedTemplates = (await allTemplates(host, stateDir, images))
    .filter(({ image, manifest }) => used.images.has(image) && !used.templates.has(manifest.key))
    .map(({ manifest }) => manifest.key);
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
  const names = await host.list(nodesFolder(runDir));
  const launches = await Promise.all(names.map((name) => readLaunch(host, nodePaths(runDir, name))));
  const marker = `${imageFolder(stateDir, "")}`;
  return launches.flatMap((launch) =>
    (launch?.command.args ?? [])
      .filter((argument) => argument.startsWith(marker))
      .map((argument) => argument.slice(marker.length).split("/")[0] ?? ""),
  );
}
