import type { Settings } from "../../config/settings.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Host } from "../../system/host.ts";
import type { Note } from "../../system/progress.ts";

/** Saves running switches with their sessions, and restores them. */
export interface Snapshots {
  /** Returns all snapshots, by name. */
  list(host: Host, stateDir: string): Promise<readonly KnownSnapshot[]>;
  /** Returns all snapshots, and whether each can be restored to this configuration on this host. */
  inspect(host: Host, request: SnapshotSettings): Promise<readonly InspectedSnapshot[]>;
  remove(host: Host, stateDir: string, name: string): Promise<void>;
  /**
   * Checks that the switches can be saved and that there is enough disk space.
   * @throws CommandError, UsageError, PreflightError with all obstacles.
   */
  prepareSave(host: Host, request: SnapshotSaveRequest): Promise<PreparedSave>;
  /**
   * Checks all requirements of a restore that can be known beforehand. Changes nothing.
   * @throws CommandError, PreflightError with all obstacles.
   */
  prepareRestore(host: Host, request: SnapshotRestoreRequest): Promise<PreparedRestore>;
  /**
   * Resumes the VMs that a killed save left paused. Does nothing while a save is running.
   * @returns the names of those that were paused.
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
  /** ID of the image that the switches run from. */
  readonly image: string;
  /** Names of the attached VMs that were saved with them. */
  readonly attachedVms: readonly string[];
  /** Reasons why it can't be restored now; empty if it can. */
  readonly problems: readonly string[];
}

/** The current configuration, with which snapshots are compared. */
export interface SnapshotSettings {
  readonly settings: Settings;
  readonly fabric: Fabric;
  /** Folders of the shipped templates, and of our own files for images. */
  readonly product: { readonly templates: string; readonly guest: string };
}

/** A VM of the user, for example in a rack position, that is saved and restored with the switches. */
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
  /** The user's VMs to save with the switches. */
  readonly attachedVms: readonly AttachedVm[];
  readonly interrupted?: AbortSignal;
}

export interface PreparedSave {
  /** The most space that it can take, and the free space. */
  readonly expectedMiB: number;
  readonly freeMiB: number;
  save(note: Note): Promise<Saved>;
}

export interface Saved {
  /** Length of the switches' pause. */
  readonly pausedMs: number;
  readonly diskMiB: number;
}

export interface SnapshotRestoreRequest extends SnapshotSettings {
  readonly name: string;
  /** The user's VMs that were saved with the switches and wait for their state. */
  readonly attachedVms: readonly AttachedVm[];
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  readonly onWarning: (text: string) => void;
}

export interface PreparedRestore {
  /** ISO 8601. */
  readonly savedAt: string;
  /**
   * Starts the switches, none of which runs, from their saved state.
   * @throws CommandError, TimeoutError, InterruptedError if one of them cannot be resumed; all are off then.
   */
  restore(note: Note): Promise<Resumed>;
}

/**
 * The time at which all switches ran without pause, by this process's clock, and how long each had run by then; in ms.
 */
export interface Resumed {
  readonly atMs: number;
  readonly ranMs: number;
  /**
   * Takes back the precedence that the switches have over other programs of the host since they resumed. Call it when
   * routing has converged, or has failed to.
   */
  endPrecedence(): Promise<void>;
}
