import { createHash } from "node:crypto";
import type { Settings } from "../config/settings.ts";
import type { NodeFile } from "../render/types.ts";
import type { Architecture } from "../system/architecture.ts";
import type { Host } from "../system/host.ts";
import { listFiles } from "../system/list-files.ts";
import { buildImage } from "./build.ts";
import { writeCpio } from "./cpio.ts";
import { imageRecipe, type Recipe, recipeId } from "./recipe.ts";
import { type BootFiles, bootFiles, findImage } from "./store.ts";

/** Source of the switches' image. */
export interface ImageSource {
  /** Finds the image, or builds it. */
  provide(architecture: Architecture, note: (text: string) => void): Promise<BootFiles>;
  /** Finds the image; undefined if it does not exist yet. */
  find(architecture: Architecture): Promise<BootFiles | undefined>;
  /** Returns files as the disk that a virtual machine booted from that image reads. */
  nodeDisk(files: readonly NodeFile[]): Uint8Array;
}

/**
 * Returns the images for `up`: the configured one, built if it does not exist.
 * @param guest folder of our own files that go into the image.
 */
export function imageSource(host: Host, settings: Settings, guest: string): ImageSource {
  return {
    provide: async (architecture, note) => {
      const recipe = await currentRecipe(host, settings, guest, architecture);
      const stateDir = settings.stateDir;
      const manifest =
        (await findImage(host, stateDir, recipeId(recipe))) ??
        (await buildImage(host, { recipe, stateDir, guest, note }));
      return bootFiles(stateDir, manifest);
    },
    find: async (architecture) => {
      const recipe = await currentRecipe(host, settings, guest, architecture);
      const manifest = await findImage(host, settings.stateDir, recipeId(recipe));
      return manifest === undefined ? undefined : bootFiles(settings.stateDir, manifest);
    },
    nodeDisk,
  };
}

/** Returns the recipe for the configured image, with our own files as they are now. */
export async function currentRecipe(
  host: Host,
  settings: Settings,
  guest: string,
  architecture: Architecture,
): Promise<Recipe> {
  // Covers each file's name and content: the same files have the same digest in any folder.
  const hash = createHash("sha256");
  for (const folder of IMAGE_FOLDERS) {
    for (const path of await listFiles(host, `${guest}/${folder}`)) {
      const name = `${folder}/${path}`;
      hash
        .update(`${name}\0`)
        .update((await host.readBytes(`${guest}/${name}`)) ?? "")
        .update("\0");
    }
  }
  return imageRecipe(settings.image, architecture, hash.digest("hex"));
}

/** Parts of our guest folder that go into the image: guest/netns is for the netns backend. */
const IMAGE_FOLDERS = ["common", "qemu"];

/**
 * Returns a disk with a list of its files, by which a running switch finds files that were removed since the last disk.
 */
export function nodeDisk(files: readonly NodeFile[]): Uint8Array {
  const list = { path: "/etc/ikvswitch/files", mode: 0o644 };
  const paths = [...files.map(({ path }) => path), list.path].sort();
  return writeCpio(
    [...files, { ...list, content: paths.map((path) => `${path}\n`).join("") }].map(
      ({ path, mode, content }) => ({
        path: path.replace(/^\//, ""),
        mode,
        content,
      }),
    ),
  );
}
