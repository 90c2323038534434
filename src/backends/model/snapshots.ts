import type { Settings } from "../../config/settings.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Host } from "../../system/host.ts";
import type { Note } from "../../system/progress.ts";

/** Switches saved as they are, sessions and all, and brought back. */
export interface Snapshots {
  /** Those that there are, by name. */
  list(host: Host, stateDir: string): Promise<readonly KnownSnapshot[]>;
  /** Those that there are, and whether each could be restored to this configuration on this host. */
  inspect(host: Host, request: SnapshotSettings): Promise<readonly InspectedSnapshot[]>;
  remove(host: Host, stateDir: string, name: string): Promise<void>;
  /**
   * Check that the switches can be saved, and that there is room.
   * @throws CommandError, UsageError, PreflightError with all that is in the way.
   */
  prepareSave(host: Host, request: SnapshotSaveRequest): Promise<PreparedSave>;
  /**
   * Check everything that can be known to be wrong with a restore. Changes nothing.
   * @throws CommandError, PreflightError with all that is in the way.
   */
  prepareRestore(host: Host, request: SnapshotRestoreRequest): Promise<PreparedRestore>;
  /**
   * Resume what a killed save left paused. Nothing to do while it still works.
   * @returns names of those that were paused.
   */
  resumePaused(host: Host, runDir: string): Promise<readonly string[]>;
}

export interface KnownSnapshot {
  readonly name: string;
  /** ID of the image that its switches run from. */
  readonly image: string;
}

export interface InspectedSnapshot {
  readonly name: string;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly switches: number;
  readonly diskMiB: number;
  readonly compressed: boolean;
  /** That the switches run from. */
  readonly image: string;
  /** The user's machines that were saved with them. */
  readonly attachedVms: readonly string[];
  /** Why it can't be restored now; empty where it can. */
  readonly problems: readonly string[];
}

/** What snapshots are compared with. */
export interface SnapshotSettings {
  readonly settings: Settings;
  readonly fabric: Fabric;
  /** Folders of the shipped templates, and of our own files that go into images. */
  readonly product: { readonly templates: string; readonly guest: string };
}

/** A machine of the user's own, in a rack position say, that is saved and restored with the switches. */
export interface AttachedVm {
  readonly name: string;
  /** Its QEMU's QMP socket. */
  readonly qmp: string;
}

export interface SnapshotSaveRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly name: string;
  /** Replace a snapshot of that name. */
  readonly force: boolean;
  readonly compress: boolean;
  /** Machines of the user's, to be saved with the switches. */
  readonly attachedVms: readonly AttachedVm[];
  readonly interrupted?: AbortSignal;
}

export interface PreparedSave {
  /** What it can take at most, and what is free. */
  readonly expectedMiB: number;
  readonly freeMiB: number;
  save(note: Note): Promise<Saved>;
}

export interface Saved {
  /** How long the switches were paused. */
  readonly pausedMs: number;
  readonly diskMiB: number;
}

export interface SnapshotRestoreRequest extends SnapshotSettings {
  readonly name: string;
  /** Machines of the user's that were saved with the switches, and wait for their state. */
  readonly attachedVms: readonly AttachedVm[];
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  readonly onWarning: (text: string) => void;
}

export interface PreparedRestore {
  /** ISO 8601. */
  readonly savedAt: string;
  /**
   * Start the switches, none of which runs, from where they were.
   * @throws CommandError, TimeoutError, InterruptedError when one does not come that far; all are off then.
   */
  restore(note: Note): Promise<Resumed>;
}

/** When all switches ran without pause, by our process's clock, and how long each had run by then; in ms. */
export interface Resumed {
  readonly atMs: number;
  readonly ranMs: number;
}
