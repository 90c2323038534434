import type { Host } from "../../../system/host.ts";
import { readVersioned } from "../../../system/versioned-document.ts";
import { checksums, describeFiles, diskMiB, fileStamps, type KeptFile } from "../kept-files.ts";
import type { TemplateFacts } from "./key.ts";

/** What is in a template's folder, written last: a folder without it is no template. */
export interface TemplateManifest {
  readonly version: 1;
  readonly key: string;
  readonly facts: TemplateFacts;
  /** Cards that its machine has. */
  readonly cards: number;
  readonly memoryMiB: number;
  readonly files: Readonly<Record<TemplateFile, KeptFile>>;
  /** ISO 8601. */
  readonly madeAt: string;
}

export const TEMPLATE_FILES = ["memory", "state"] as const;
export type TemplateFile = (typeof TEMPLATE_FILES)[number];

/** Templates lie beside the image that they were booted from, and go with it. */
export function templatesFolder(imageFolder: string): string {
  return `${imageFolder}/templates`;
}

export function templateFolder(imageFolder: string, key: string): string {
  return `${templatesFolder(imageFolder)}/${key}`;
}

/** All complete templates of an image. */
export async function listTemplates(host: Host, imageFolder: string): Promise<readonly TemplateManifest[]> {
  const names = (await host.list(templatesFolder(imageFolder))).filter((name) => !name.startsWith("."));
  const found = await Promise.all(names.map((key) => readManifest(host, templateFolder(imageFolder, key))));
  return found.filter((manifest) => manifest !== undefined);
}

/** `none`, or why it can't be used. */
export type FoundTemplate =
  | { readonly kind: "whole"; readonly folder: string }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly reason: string };

/**
 * Look for a template and whether its files are what was written. Reading them takes a second, so they are only read
 * when their times tell that somebody else may have written to them: the emulators must be allowed to, since QEMU
 * before 8.2 can't map a file privately that it may only read. They can't set the times back: the files are root's.
 */
export async function findTemplate(host: Host, imageFolder: string, key: string): Promise<FoundTemplate> {
  const folder = templateFolder(imageFolder, key);
  const manifest = await readManifest(host, folder);
  if (manifest === undefined) {
    return { kind: "none" };
  }
  const stamps = await fileStamps(host, folder, TEMPLATE_FILES);
  if (stamps.size < TEMPLATE_FILES.length) {
    return { kind: "damaged", reason: "a file of it is missing" };
  }
  if (TEMPLATE_FILES.every((name) => stamps.get(name) === manifest.files[name].stamp)) {
    return { kind: "whole", folder };
  }
  const sums = await checksums(host, folder, TEMPLATE_FILES);
  const altered = TEMPLATE_FILES.filter((name) => sums.get(name) !== manifest.files[name].sha256);
  if (altered.length > 0) {
    return { kind: "damaged", reason: `${altered.join(" and ")} is not what was written` };
  }
  await writeManifest(host, folder, manifest);
  return { kind: "whole", folder };
}

/** Write the manifest with the files as they are now: from then on it is a template. */
export async function writeManifest(
  host: Host,
  folder: string,
  manifest: Omit<TemplateManifest, "files">,
): Promise<void> {
  const whole = { ...manifest, files: await describeFiles(host, folder, TEMPLATE_FILES) };
  await host.writeFile(`${folder}/manifest.json`, `${JSON.stringify(whole, null, 2)}\n`);
}

/** What it takes on the disk: the memory's pages that are all zeros take nothing. */
export async function templateDiskMiB(host: Host, imageFolder: string, key: string): Promise<number> {
  return diskMiB(host, templateFolder(imageFolder, key));
}

function readManifest(host: Host, folder: string): Promise<TemplateManifest | undefined> {
  return readVersioned(host, `${folder}/manifest.json`);
}
