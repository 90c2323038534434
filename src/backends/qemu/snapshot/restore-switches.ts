import type { Settings } from "../../../config/settings.ts";
import { ensureConsolePasswords } from "../../../nodes/console-passwords.ts";
import type { Host } from "../../../system/host.ts";
import { processors } from "../../../system/processors.ts";
import type { AttachedVm, Resumed } from "../../model/snapshots.ts";
import { renewRandomness } from "../renew-randomness.ts";
import { setClocks } from "../set-clocks.ts";
import { type CloneChannel, rejoinClone } from "../warm-base/complete.ts";
import { loadAttachedVm } from "./attached-vm-load.ts";
import { restoreAll } from "./restore-all.ts";
import { type SavedSwitches, sourcesOf, withMemories } from "./snapshot-sources.ts";

export interface RestoreOptions {
  readonly settings: Pick<Settings, "runDir" | "stateDir" | "vncPassword" | "bmcPassword">;
  readonly attachedVms: readonly AttachedVm[];
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
}

export interface ResumedSwitches extends Resumed {
  /** Connections to the switches in which complete-clone waits; see the manifest. */
  readonly channels: readonly CloneChannel[];
}

/**
 * Starts the switches of a snapshot, and the user's VMs that were saved with them, from their saved state, and sets the
 * clocks of the switches.
 * @throws CommandError, TimeoutError, InterruptedError if one of them cannot be resumed; all are off then.
 */
export async function restoreSwitches(
  host: Host,
  { settings, attachedVms, interrupted, timeoutMs }: RestoreOptions,
  saved: SavedSwitches,
  note: (text: string) => void,
): Promise<ResumedSwitches> {
  // Determined in advance: the clocks must be set immediately after the switches resume.
  const atOnce = await processors(host);
  const { vnc: vncPassword } = await ensureConsolePasswords(host, settings);
  const channels: CloneChannel[] = [];
  const { ranMs, endPrecedence } = await withMemories(host, saved, note, (folder) =>
    restoreAll(host, saved.work, {
      runDir: settings.runDir,
      vncPassword,
      sources: sourcesOf(saved, folder),
      timeoutMs,
      processors: atOnce,
      beforeLoad: async (node) => {
        // Without a connection, a clone would find it closed, and start its services at once.
        if (saved.manifest.onlyRouting) {
          channels.push(await rejoinClone(host, node, timeoutMs));
        }
      },
      alongside: attachedVms.map((machine) => ({
        load: () => loadAttachedVm(host, saved.folder, machine),
        qmp: machine.qmp,
      })),
      ...(interrupted === undefined ? {} : { interrupted }),
      note,
    }),
  );
  const atMs = performance.now();
  try {
    await update(host, saved, channels, atOnce);
  } catch (error) {
    await endPrecedence();
    throw error;
  }
  return { atMs, ranMs, channels, endPrecedence };
}

/** Gives resumed switches the current time, and random states that differ from the saved ones. */
async function update(
  host: Host,
  { work, manifest, switchHost }: SavedSwitches,
  channels: readonly CloneChannel[],
  atOnce: number,
): Promise<void> {
  const nodes = work.map(({ folder }) => folder);
  if (switchHost.architecture === "arm64") {
    await renewRandomness(host, nodes);
  }
  if (!manifest.onlyRouting) {
    await setClocks(host, nodes, atOnce);
    return;
  }
  // Costs the switches much less than their guest agents would.
  for (const { tellTime } of channels) {
    tellTime();
  }
}
