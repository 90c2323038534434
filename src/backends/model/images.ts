import type { Settings } from "../../config/settings.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Manifest } from "../../image/store.ts";
import type { Host } from "../../system/host.ts";

/** Images that switches boot, and what is kept with them. */
export interface BootImages {
  /** What switches of these images are cloned from. */
  warmBases(host: Host, stateDir: string, images: readonly Manifest[]): Promise<readonly StoredWarmBase[]>;
  /**
   * Delete an image with its warm bases, or a single warm base.
   * @throws UsageError for what is no name; CommandError where there is neither.
   */
  remove(host: Host, stateDir: string, id: string): Promise<void>;
  /**
   * Delete the images and warm bases that nothing uses.
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
  /** ID of the image that the configuration asks for. */
  readonly wanted: string;
  /** IDs of others that are needed. */
  readonly needed: readonly string[];
}
