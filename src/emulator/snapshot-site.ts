import type { Config } from "../config/types.ts";
import { type Manifest as ImageManifest, imageFolder } from "../image/store.ts";
import type { Launch } from "../switches/qemu/launch.ts";
import type { SnapshotManifest } from "../switches/qemu/snapshot/manifest.ts";

/** What a snapshot remembers of the image that its switches run from. */
export function imageOfSnapshot({ id, files }: ImageManifest): SnapshotManifest["image"] {
  return {
    id,
    files: Object.fromEntries(Object.entries(files).map(([name, { sha256 }]) => [name, sha256])),
  };
}

/** The ID of the image that a machine runs from; undefined where it is none of this state directory's. */
export function imageOfLaunch({ STATE_DIR }: Pick<Config, "STATE_DIR">, launch: Launch): string | undefined {
  const kernel = launch.command.args[launch.command.args.indexOf("-kernel") + 1] ?? "";
  const prefix = imageFolder(STATE_DIR, "");
  return kernel.startsWith(prefix) ? kernel.slice(prefix.length).split("/")[0] : undefined;
}
