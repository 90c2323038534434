import { CommandError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { readVersioned } from "../system/state-file.ts";
import type { Recipe } from "./recipe.ts";

/** Description of an image, written last into its folder: a folder without it is not an image. */
export interface Manifest {
  readonly version: 1;
  readonly id: string;
  readonly recipe: Recipe;
  /** Packages and their versions, and the kernel's: `frr 10.3-3`. */
  readonly versions: readonly string[];
  readonly files: Readonly<Record<string, ImageFile>>;
  /** ISO 8601. */
  readonly builtAt: string;
}

export interface ImageFile {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The switch image's files and the kernel's command line. */
export interface BootFiles {
  /** The image's folder, which holds all of them. */
  readonly folder: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Read-only root file system, shared by all switches. */
  readonly root: string;
  readonly kernelArguments: string;
}

export function imagesFolder(stateDir: string): string {
  return `${stateDir}/images`;
}

export function imageFolder(stateDir: string, id: string): string {
  return `${imagesFolder(stateDir)}/${id}`;
}

/** All complete images. */
export async function listImages(host: Host, stateDir: string): Promise<readonly Manifest[]> {
  const names = (await host.list(imagesFolder(stateDir))).filter((name) => !name.startsWith("."));
  const found = await Promise.all(names.map((id) => readManifest(host, stateDir, id)));
  return found.filter((manifest) => manifest !== undefined);
}

/** Returns the image of that id if all its files have the right size; otherwise undefined. */
export async function findImage(host: Host, stateDir: string, id: string): Promise<Manifest | undefined> {
  const manifest = await readManifest(host, stateDir, id);
  if (manifest === undefined) {
    return undefined;
  }
  const whole = await Promise.all(
    Object.entries(manifest.files).map(async ([name, { sizeBytes }]) => {
      const status = await host.stat(`${imageFolder(stateDir, id)}/${name}`);
      return status?.sizeBytes === sizeBytes;
    }),
  );
  return whole.every((isWhole) => isWhole) ? manifest : undefined;
}

/** Returns the names of files whose content differs from the build. Reads them all, which takes about a second. */
export async function verifyImage(
  host: Host,
  stateDir: string,
  manifest: Manifest,
): Promise<readonly string[]> {
  const folder = imageFolder(stateDir, manifest.id);
  const list = Object.entries(manifest.files).map(([name, { sha256 }]) => `${sha256}  ${folder}/${name}\n`);
  const { stdout } = await host.run(
    { file: "sha256sum", args: ["--check", "--quiet"], input: list.join("") },
    { okExitCodes: [1] },
  );
  return Object.keys(manifest.files).filter((name) => stdout.includes(`${folder}/${name}: `));
}

/**
 * Removes an image.
 * @throws CommandError if there is no such image.
 */
export async function removeImage(host: Host, stateDir: string, id: string): Promise<void> {
  const names = await host.list(imagesFolder(stateDir));
  if (!names.includes(id)) {
    throw new CommandError(`remove image ${id}`, undefined, "no such image; 'ikvswitch image ls' lists all");
  }
  await host.remove(imageFolder(stateDir, id));
}

/** Returns the files in the form that QEMU takes. */
export function bootFiles(stateDir: string, { id, recipe, files }: Manifest): BootFiles {
  const folder = imageFolder(stateDir, id);
  return {
    folder,
    kernel: `${folder}/${"vmlinux" in files ? "vmlinux" : "vmlinuz"}`,
    initrd: `${folder}/initrd.cpio`,
    root: `${folder}/root.erofs`,
    kernelArguments: `console=${recipe.architecture === "arm64" ? "ttyAMA0" : "ttyS0"} quiet`,
  };
}

function readManifest(host: Host, stateDir: string, id: string): Promise<Manifest | undefined> {
  return readVersioned(host, `${imageFolder(stateDir, id)}/manifest.json`, MANIFEST_FORM);
}

const MANIFEST_FORM = { id: "string", recipe: "object", versions: "array", files: "object" } as const;
