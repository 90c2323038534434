import type { Host } from "../../../system/host.ts";
import { readVersioned } from "../../../system/state-file.ts";
import { checkFiles, describeFiles, diskMiB, type KeptFile } from "../kept-files.ts";
import type { WarmBaseFacts } from "./key.ts";

/** Contents of a warm base's folder. Written last: a folder without it is no warm base. */
export interface WarmBaseManifest {
  readonly version: 1;
  readonly key: string;
  readonly facts: WarmBaseFacts;
  /** Number of its VM's NICs. */
  readonly cards: number;
  readonly memoryMiB: number;
  readonly files: Readonly<Record<WarmBaseFile, KeptFile>>;
  /** ISO 8601. */
  readonly madeAt: string;
}

export const WARM_BASE_FILES = ["memory", "state"] as const;
export type WarmBaseFile = (typeof WARM_BASE_FILES)[number];

/**
 * Returns the folder of an image's warm bases. It is inside the image's folder, so that they are removed with the
 * image.
 */
export function warmBasesFolder(imageFolder: string): string {
  return `${imageFolder}/templates`;
}

export function warmBaseFolder(imageFolder: string, key: string): string {
  return `${warmBasesFolder(imageFolder)}/${key}`;
}

/** Returns all complete warm bases of an image. */
export async function listWarmBases(host: Host, imageFolder: string): Promise<readonly WarmBaseManifest[]> {
  const names = (await host.list(warmBasesFolder(imageFolder))).filter((name) => !name.startsWith("."));
  const found = await Promise.all(names.map((key) => readManifest(host, warmBaseFolder(imageFolder, key))));
  return found.filter((manifest) => manifest !== undefined);
}

/** `whole`: usable. `damaged`: not usable, for this reason. */
export type FoundWarmBase =
  | { readonly kind: "whole"; readonly folder: string }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly reason: string };

/**
 * Finds a warm base and checks its files. Only root may write to them. Reading them takes a second, so they are read
 * only if their stamps (size, inode, ctime) have changed, for example by a copy or a repair of the disk.
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

/** Writes the manifest, which describes the current files and makes the folder a warm base. */
export async function writeManifest(
  host: Host,
  folder: string,
  manifest: Omit<WarmBaseManifest, "files">,
): Promise<void> {
  const whole = { ...manifest, files: await describeFiles(host, folder, WARM_BASE_FILES) };
  await host.writeFile(manifestFile(folder), `${JSON.stringify(whole, null, 2)}\n`);
}

/** Returns the disk space of a warm base: pages of its memory that are all zeros take none. */
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
