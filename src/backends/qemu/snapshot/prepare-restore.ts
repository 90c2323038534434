import { CommandError } from "../../../errors.ts";
import { checkHostNetwork } from "../../../host/start.ts";
import type { Host } from "../../../system/host.ts";
import { checkTogether } from "../../../system/preflight.ts";
import type { PreparedRestore, SnapshotRestoreRequest } from "../../model/snapshots.ts";
import { checkBmcs, checkPorts } from "../preflight.ts";
import { restoreProblems } from "./restorable.ts";
import { restoreSwitches } from "./restore-switches.ts";
import { findRestoreTarget } from "./restore-target.ts";
import { findSnapshot, snapshotFolder } from "./store.ts";

/**
 * Checks all requirements of a restore that can be known beforehand. Changes nothing.
 * @throws CommandError with a line for each difference, PreflightError with everything that is missing.
 */
export async function prepareRestore(host: Host, request: SnapshotRestoreRequest): Promise<PreparedRestore> {
  const { settings, fabric, name } = request;
  const manifest = await findSnapshot(host, settings.stateDir, name);
  const [target] = await checkTogether(
    findRestoreTarget(host, request),
    checkHostNetwork(host, fabric, settings),
    checkBmcs(host, settings),
    // All nodes, even running ones: these are stopped before the restore.
    checkPorts(host, settings, { all: fabric.nodes, vnc: fabric.nodes }),
  );
  const problems = await restoreProblems(host, request, manifest, target);
  if (problems.length > 0) {
    const reasons = ["cannot be restored; nothing was changed:", ...problems];
    throw new CommandError(`snapshot restore ${name}`, undefined, reasons.join("\n"));
  }
  const { ready, switchHost } = target;
  if (ready === undefined) {
    throw new Error("a snapshot without an image was not refused");
  }
  const saved = {
    ...{ folder: snapshotFolder(settings.stateDir, name), manifest, switchHost },
    work: ready.work,
  };
  return {
    savedAt: manifest.savedAt,
    restore: (note) => restoreSwitches(host, request, saved, note),
  };
}
