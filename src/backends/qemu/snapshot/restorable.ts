import { PreflightError } from "../../../errors.ts";
import type { Host } from "../../../system/host.ts";
import { removeUnfinishedFolders } from "../../../system/whole-folder.ts";
import type { SnapshotRestoreRequest } from "../../model/snapshots.ts";
import { nodeFolder } from "../node-folder.ts";
import { memoryProblem } from "../preflight.ts";
import { machinePid } from "../process.ts";
import { incomingProblem } from "./attached-vm-load.ts";
import type { SnapshotManifest } from "./manifest.ts";
import { type RestoreTarget, snapshotProblems } from "./restore-target.ts";
import { freeMiB, snapshotsFolder, verifySnapshot } from "./store.ts";

/**
 * Returns the reasons why a snapshot can't be restored here and now, a line each; empty if it can.
 * @throws PreflightError if there is not enough memory.
 */
export async function restoreProblems(
  host: Host,
  request: SnapshotRestoreRequest,
  manifest: SnapshotManifest,
  target: RestoreTarget,
): Promise<readonly string[]> {
  await checkMemory(host, request);
  return [
    ...(await snapshotProblems(host, manifest, target, (fitting) =>
      verifySnapshot(host, request.settings.stateDir, fitting),
    )),
    ...(await spaceProblem(host, request, manifest)),
    ...(await attachedVmProblems(host, request, manifest)),
  ];
}

/** Checks the memory for switches that are off; running ones are replaced by others of their size. */
async function checkMemory(host: Host, { settings, fabric }: SnapshotRestoreRequest): Promise<void> {
  const pids = await Promise.all(
    fabric.nodes.map(({ name }) => machinePid(host, nodeFolder(settings.runDir, name))),
  );
  const missing = await memoryProblem(
    host,
    fabric.nodes.filter((_, at) => pids[at] === undefined),
  );
  if (missing.length > 0) {
    throw new PreflightError(missing);
  }
}

/**
 * Checks the space for unpacked memories. It assumes their full size, because the number of their zero pages is
 * unknown.
 */
async function spaceProblem(
  host: Host,
  { settings }: SnapshotRestoreRequest,
  { compressed, nodes }: SnapshotManifest,
): Promise<readonly string[]> {
  const folder = snapshotsFolder(settings.stateDir);
  await removeUnfinishedFolders(host, folder);
  const neededMiB = Object.values(nodes).reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
  const free = await freeMiB(host, folder);
  return compressed && free < neededMiB
    ? [`decompression needs up to ${neededMiB} MiB, but ${folder} has ${free} MiB free`]
    : [];
}

async function attachedVmProblems(
  host: Host,
  { attachedVms, onWarning }: SnapshotRestoreRequest,
  manifest: SnapshotManifest,
): Promise<readonly string[]> {
  const given = attachedVms.map(({ name }) => name);
  const missing = manifest.racked.filter((name) => !given.includes(name));
  if (missing.length > 0) {
    onWarning(
      `saved attached VMs that are not restored, because --machine is missing: ${missing.join(", ")}`,
    );
  }
  const strangers = given.filter((name) => !manifest.racked.includes(name));
  const incoming = await Promise.all(attachedVms.map((machine) => incomingProblem(host, machine)));
  return [
    ...strangers.map((name) => `${name}: not in the snapshot`),
    ...incoming.filter((problem) => problem !== null),
  ];
}
