import type { Settings } from "../../config/settings.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Manifest } from "../../image/store.ts";
import type { Host } from "../../system/host.ts";

/** The images that switches boot, and the warm bases stored with them. */
export interface BootImages {
  /** Returns the warm bases of these images. */
  warmBases(host: Host, stateDir: string, images: readonly Manifest[]): Promise<readonly StoredWarmBase[]>;
  /**
   * Deletes an image with its warm bases, or a single warm base.
   * @throws UsageError if the ID is not a valid name; CommandError if neither exists.
   */
  remove(host: Host, stateDir: string, id: string): Promise<void>;
  /**
   * Deletes the images and warm bases that nothing uses.
   * @returns their IDs.
   */
  prune(host: Host, request: PruneRequest): Promise<readonly string[]>;
}

export interface StoredWarmBase {
  /** ID of its image. */
  readonly image: string;
  readonly key: string;
  readonly nics: number;
  readonly memoryMiB: number;
  readonly diskMiB: number;
  /** ISO 8601. */
  readonly madeAt: string;
}

export interface PruneRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  /** ID of the configured image. */
  readonly wanted: string;
  /** IDs of other images that are needed. */
  readonly needed: readonly string[];
}
