import { CommandError, PreflightError, UsageError } from "../../../errors.ts";
import type { Host } from "../../../system/host.ts";
import type { Note } from "../../../system/progress.ts";
import { makeWholeFolder, removeUnfinishedFolders } from "../../../system/whole-folder.ts";
import type { PreparedSave, Saved, SnapshotSaveRequest } from "../../model/snapshots.ts";
import { nodeFolder } from "../node-folder.ts";
import { attachedVmProblem } from "./attached-vm-save.ts";
import { fillSnapshot } from "./fill-snapshot.ts";
import { describeNode } from "./fit.ts";
import type { SavedNode } from "./manifest.ts";
import { freeMiB, readSnapshot, snapshotDiskMiB, snapshotFolder, snapshotsFolder } from "./store.ts";

/**
 * Checks that these switches can be saved, and that there is enough disk space.
 * @throws CommandError, UsageError, PreflightError with the obstacles.
 */
export async function prepareSave(host: Host, request: SnapshotSaveRequest): Promise<PreparedSave> {
  await refuseExisting(host, request);
  const nodes = await describeNodes(host, request);
  return { ...(await findSpace(host, request)), save: (note) => save(host, request, nodes, note) };
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
    pausedMs = await fillSnapshot(host, folder, { ...request, nodes, note });
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

/** @throws CommandError with a line for each switch that can't be saved. */
async function describeNodes(
  host: Host,
  { settings, fabric, name, attachedVms }: SnapshotSaveRequest,
): Promise<Readonly<Record<string, SavedNode>>> {
  const found = await Promise.all(
    fabric.nodes.map(
      async (node) =>
        [node.name, await describeNode(host, nodeFolder(settings.runDir, node.name), node)] as const,
    ),
  );
  const ofAttachedVms = await Promise.all(attachedVms.map((machine) => attachedVmProblem(host, machine)));
  const problems = [
    ...found.flatMap(([node, one]) => (typeof one === "string" ? [`${node}: ${one}`] : [])),
    ...ofAttachedVms.filter((problem) => problem !== null),
  ];
  if (problems.length > 0) {
    throw new CommandError(`snapshot save ${name}`, undefined, problems.join("\n"));
  }
  return Object.fromEntries(
    found.flatMap(([node, one]) => (typeof one === "string" ? [] : [[node, one] as const])),
  );
}

/** Checks for the largest possible size. Pages of zeros take no space, but their number is unknown beforehand. */
async function findSpace(
  host: Host,
  { settings, fabric, name }: SnapshotSaveRequest,
): Promise<Pick<PreparedSave, "expectedMiB" | "freeMiB">> {
  const folder = snapshotsFolder(settings.stateDir);
  const expectedMiB = fabric.nodes.reduce((sum, { machine }) => sum + machine.memoryMiB + STATE_MIB, 0);
  const free = await freeMiB(host, folder);
  if (free < expectedMiB) {
    const reason = `needs up to ${expectedMiB} MiB, but ${folder} has ${free} MiB free`;
    throw new CommandError(`snapshot save ${name}`, undefined, reason);
  }
  return { expectedMiB, freeMiB: free };
}

/** Largest size of a VM's device state. */
const STATE_MIB = 4;
