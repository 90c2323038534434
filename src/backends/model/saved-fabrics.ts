import type { Settings } from "../../config/settings.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Host } from "../../system/host.ts";
import type { Note } from "../../system/progress.ts";
import type { PreparedSave, Saved } from "./snapshots.ts";

/**
 * States of a whole fabric, at most one of each kind, from which the next `up` resumes the switches instead of starting
 * them. `kept`: by `down --keep`, as the user left the switches; used once. `warm`: by an `up`, of switches that have
 * just converged; used by each `up` that would start the same switches.
 */
export type SavedFabricKind = "kept" | "warm";

export interface SavedFabric {
  readonly kind: SavedFabricKind;
  /** ID of the image that its switches run from. */
  readonly image: string;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly switches: number;
  readonly diskMiB: number;
}

/** Saves running switches for the next `up`, which resumes them by itself. */
export interface SavedFabrics {
  list(host: Host, stateDir: string): Promise<readonly SavedFabric[]>;
  /**
   * Checks that the running switches can be kept.
   * @throws CommandError with all obstacles.
   */
  prepareKeep(host: Host, request: KeepRequest): Promise<PreparedKeep>;
  remove(host: Host, stateDir: string, kind: SavedFabricKind): Promise<void>;
}

export interface KeepRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly interrupted?: AbortSignal;
}

export interface PreparedKeep extends Pick<PreparedSave, "expectedMiB" | "freeMiB"> {
  /** Saves the switches and leaves them paused, so that nothing happens in them until they are ended. */
  keep(note: Note): Promise<Saved>;
}
