import type { Host } from "../../../system/host.ts";
import { readVersioned } from "../../../system/state-file.ts";
import { checkFiles, describeFiles, diskMiB, type KeptFile } from "../kept-files.ts";
import type { WarmBaseFacts } from "./key.ts";

/** What is in a warm base's folder, written last: a folder without it is no warm base. */
export interface WarmBaseManifest {
  readonly version: 1;
  readonly key: string;
  readonly facts: WarmBaseFacts;
  /** Number of its machine's NICs. */
  readonly cards: number;
  readonly memoryMiB: number;
  readonly files: Readonly<Record<WarmBaseFile, KeptFile>>;
  /** ISO 8601. */
  readonly madeAt: string;
}

export const WARM_BASE_FILES = ["memory", "state"] as const;
export type WarmBaseFile = (typeof WARM_BASE_FILES)[number];

/** Templates lie beside the image that they were booted from, and go with it. */
export function warmBasesFolder(imageFolder: string): string {
  return `${imageFolder}/templates`;
}

export function warmBaseFolder(imageFolder: string, key: string): string {
  return `${warmBasesFolder(imageFolder)}/${key}`;
}

/** All complete warm bases of an image. */
export async function listWarmBases(host: Host, imageFolder: string): Promise<readonly WarmBaseManifest[]> {
  const names = (await host.list(warmBasesFolder(imageFolder))).filter((name) => !name.startsWith("."));
  const found = await Promise.all(names.map((key) => readManifest(host, warmBaseFolder(imageFolder, key))));
  return found.filter((manifest) => manifest !== undefined);
}

/** `none`, or why it can't be used. */
export type FoundWarmBase =
  | { readonly kind: "whole"; readonly folder: string }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly reason: string };

/**
 * Look for a warm base and whether its files are what was written. Nobody but root may write to them. Reading them takes a
 * second, so they are only read when their stamps are others, after a copy or a repair of the disk say.
 */
export async function findWarmBase(host: Host, imageFolder: string, key: string): Promise<FoundWarmBase> {
  const folder = warmBaseFolder(imageFolder, key);
  const manifest = await readManifest(host, folder);
  if (manifest === undefined) {
    return { kind: "none" };
  }
  const { problems, files } = await checkFiles(host, folder, manifest.files);
  if (problems.length > 0) {
    return { kind: "damaged", reason: problems.join("; ") };
  }
  if (WARM_BASE_FILES.some((name) => files[name]?.stamp !== manifest.files[name].stamp)) {
    await host.writeFile(manifestFile(folder), `${JSON.stringify({ ...manifest, files }, null, 2)}\n`);
  }
  return { kind: "whole", folder };
}

/** Write the manifest with the files as they are now: from then on it is a warm base. */
export async function writeManifest(
  host: Host,
  folder: string,
  manifest: Omit<WarmBaseManifest, "files">,
): Promise<void> {
  const whole = { ...manifest, files: await describeFiles(host, folder, WARM_BASE_FILES) };
  await host.writeFile(manifestFile(folder), `${JSON.stringify(whole, null, 2)}\n`);
}

/** What it takes on the disk: the memory's pages that are all zeros take nothing. */
export async function warmBaseDiskMiB(host: Host, imageFolder: string, key: string): Promise<number> {
  return diskMiB(host, warmBaseFolder(imageFolder, key));
}

function readManifest(host: Host, folder: string): Promise<WarmBaseManifest | undefined> {
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
