import type { Host } from "../../../system/host.ts";
import { readVersioned } from "../../../system/state-file.ts";
import { checkFiles, describeFiles, diskMiB, type KeptFile } from "../kept-files.ts";
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
 * Look for a template and whether its files are what was written. Nobody but root may write to them. Reading them takes a
 * second, so they are only read when their stamps are others, after a copy or a repair of the disk say.
 */
export async function findTemplate(host: Host, imageFolder: string, key: string): Promise<FoundTemplate> {
  const folder = templateFolder(imageFolder, key);
  const manifest = await readManifest(host, folder);
  if (manifest === undefined) {
    return { kind: "none" };
  }
  const { problems, files } = await checkFiles(host, folder, manifest.files);
  if (problems.length > 0) {
    return { kind: "damaged", reason: problems.join("; ") };
  }
  if (TEMPLATE_FILES.some((name) => files[name]?.stamp !== manifest.files[name].stamp)) {
    await host.writeFile(manifestFile(folder), `${JSON.stringify({ ...manifest, files }, null, 2)}\n`);
  }
  return { kind: "whole", folder };
}

/** Write the manifest with the files as they are now: from then on it is a template. */
export async function writeManifest(
  host: Host,
  folder: string,
  manifest: Omit<TemplateManifest, "files">,
): Promise<void> {
  const whole = { ...manifest, files: await describeFiles(host, folder, TEMPLATE_FILES) };
  await host.writeFile(manifestFile(folder), `${JSON.stringify(whole, null, 2)}\n`);
}

/** What it takes on the disk: the memory's pages that are all zeros take nothing. */
export async function templateDiskMiB(host: Host, imageFolder: string, key: string): Promise<number> {
  return diskMiB(host, templateFolder(imageFolder, key));
}

function readManifest(host: Host, folder: string): Promise<TemplateManifest | undefined> {
  return readVersioned(host, manifestFile(folder), MANIFEST_FORM);
}

function manifestFile(folder: string): string {
  return `${folder}/manifest.json`;
}

const MANIFEST_FORM = {
  key: "string",
  facts: "object",
  cards: "number",
  memoryMiB: "number",
  files: "object",
} as const;
