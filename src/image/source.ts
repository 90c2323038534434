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

/** The switches' image, whoever provides it. */
export interface ImageSource {
  /** Find the image, or build it. */
  provide(architecture: Architecture, note: (text: string) => void): Promise<BootFiles>;
  /** Files as the disk from which a machine booted from that image reads them. */
  nodeDisk(files: readonly NodeFile[]): Uint8Array;
}

/**
 * Images as `up` wants them: the configured one, built when it is not there.
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
    nodeDisk,
  };
}

/** The recipe that the configuration asks for, with our own files as they are now. */
export async function currentRecipe(
  host: Host,
  settings: Settings,
  guest: string,
  architecture: Architecture,
): Promise<Recipe> {
  // Each file's name and content: the same for the same files, wherever they are.
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

/** What of our guest folder goes into the image: guest/netns is for switches that are namespaces. */
const IMAGE_FOLDERS = ["common", "qemu"];

/** With a list of what is on it, by which a running switch tells what is gone since the last one. */
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
