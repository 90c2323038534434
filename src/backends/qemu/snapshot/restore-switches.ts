import { ensureConsolePasswords } from "../../../nodes/console-passwords.ts";
import type { Host } from "../../../system/host.ts";
import { processors } from "../../../system/processors.ts";
import type { Resumed, SnapshotRestoreRequest } from "../../model/snapshots.ts";
import { nodeFolder } from "../node-folder.ts";
import { renewRandomness } from "../renew-randomness.ts";
import { setClocks } from "../set-clocks.ts";
import { loadAttachedVm } from "./attached-vm-load.ts";
import type { SnapshotManifest } from "./manifest.ts";
import { restoreAll } from "./restore-all.ts";
import type { RestoreTarget } from "./restore-target.ts";
import { readyOf, sourcesOf, withMemories } from "./snapshot-sources.ts";
import { snapshotFolder } from "./store.ts";

/**
 * Starts the switches of a snapshot, and the user's VMs that were saved with them, from their saved state, and sets the
 * clocks of the switches.
 * @throws CommandError, TimeoutError, InterruptedError if one of them cannot be resumed; all are off then.
 */
export async function restoreSwitches(
  host: Host,
  request: SnapshotRestoreRequest,
  { manifest, target }: { readonly manifest: SnapshotManifest; readonly target: RestoreTarget },
  note: (text: string) => void,
): Promise<Resumed> {
  const { settings, fabric, name, interrupted, timeoutMs } = request;
  const nodes = fabric.nodes.map((node) => nodeFolder(settings.runDir, node.name));
  // Determined in advance: the clocks must be set immediately after the switches resume.
  const atOnce = await processors(host);
  const { vnc: vncPassword } = await ensureConsolePasswords(host, settings);
  let ranMs = 0;
  await withMemories(host, request, manifest, target, note, async (folder) => {
    ranMs = await restoreAll(host, readyOf(target).work, {
      runDir: settings.runDir,
      vncPassword,
      sources: sourcesOf(request, target, folder),
      timeoutMs,
      processors: atOnce,
      alongside: request.attachedVms.map((machine) => ({
        load: () => loadAttachedVm(host, snapshotFolder(settings.stateDir, name), machine),
        qmp: machine.qmp,
      })),
      ...(interrupted === undefined ? {} : { interrupted }),
      note,
    });
  });
  const atMs = performance.now();
  if (target.switchHost.architecture === "arm64") {
    await renewRandomness(host, nodes);
  }
  await setClocks(host, nodes, atOnce);
  return { atMs, ranMs };
}
