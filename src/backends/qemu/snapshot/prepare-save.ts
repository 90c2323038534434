import { PreflightError, UsageError } from "../../../errors.ts";
import type { Host } from "../../../system/host.ts";
import type { Note } from "../../../system/progress.ts";
import { makeWholeFolder, removeUnfinishedFolders } from "../../../system/whole-folder.ts";
import type { PreparedSave, Saved, SnapshotSaveRequest } from "../../model/snapshots.ts";
import { fillSnapshot } from "./fill-snapshot.ts";
import { describeNodes, findSpace } from "./fit.ts";
import type { SavedNode } from "./manifest.ts";
import { readSnapshot, snapshotDiskMiB, snapshotFolder, snapshotsFolder } from "./store.ts";

/**
 * Checks that these switches can be saved, and that there is enough disk space.
 * @throws CommandError, UsageError, PreflightError with the obstacles.
 */
export async function prepareSave(host: Host, request: SnapshotSaveRequest): Promise<PreparedSave> {
  await refuseExisting(host, request);
  const { settings, fabric, attachedVms } = request;
  const command = commandOf(request);
  const nodes = await describeNodes(host, { runDir: settings.runDir, fabric, attachedVms, command });
  const space = await findSpace(host, { fabric, folder: snapshotsFolder(settings.stateDir), command });
  return { ...space, save: (note) => save(host, request, nodes, note) };
}

function commandOf({ name }: SnapshotSaveRequest): string {
  return `snapshot save ${name}`;
}

/** Limit for waiting until another process has saved a snapshot of the same name. */
const OTHERS_TIMEOUT_MS = 10 * 60_000;

async function save(
  host: Host,
  request: SnapshotSaveRequest,
  nodes: Readonly<Record<string, SavedNode>>,
  note: Note,
): Promise<Saved> {
  const { settings, name } = request;
  let pausedMs = 0;
  const place = {
    path: snapshotFolder(settings.stateDir, name),
    isThere: async () => false,
    timeoutMs: OTHERS_TIMEOUT_MS,
    onWait: () => note("waiting for another ikvswitch process, which saves a snapshot of the same name"),
  };
  await makeWholeFolder(host, place, async (folder) => {
    pausedMs = await fillSnapshot(host, folder, {
      ...{ ...request, nodes, note, command: commandOf(request) },
      ...{ checksums: true, onlyRouting: false, afterwards: { resume: true, sync: true } },
    });
  });
  return { pausedMs, diskMiB: await snapshotDiskMiB(host, settings.stateDir, name) };
}

async function refuseExisting(
  host: Host,
  { settings, name, force, compress }: SnapshotSaveRequest,
): Promise<void> {
  await host.makeDirectory(snapshotsFolder(settings.stateDir), 0o755);
  await removeUnfinishedFolders(host, snapshotsFolder(settings.stateDir));
  if (!force && (await readSnapshot(host, settings.stateDir, name)) !== undefined) {
    throw new UsageError(`Snapshot ${name} already exists. Use --force to replace it.`);
  }
  if (compress && (await host.run({ file: "which", args: ["zstd"] }, { okExitCodes: [1] })).exitCode !== 0) {
    throw new PreflightError([
      { what: "missing program: zstd", why: "compresses snapshots", fix: "apt install zstd" },
    ]);
  }
}
