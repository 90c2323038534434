import type { Settings } from "../../../config/settings.ts";
import { CommandError } from "../../../errors.ts";
import { findImage, imageFolder } from "../../../image/store.ts";
import { findQemu } from "../../../qemu/requirements.ts";
import { findArchitecture } from "../../../system/architecture.ts";
import { readBootId } from "../../../system/boot-id.ts";
import type { Host } from "../../../system/host.ts";
import { processors } from "../../../system/processors.ts";
import type { Note } from "../../../system/progress.ts";
import type { AttachedVm } from "../../model/snapshots.ts";
import { describeFiles, stampFiles } from "../kept-files.ts";
import { readLaunch } from "../launch-file.ts";
import { nodeFolder } from "../node-folder.ts";
import { hostFacts } from "../warm-base/key.ts";
import { attachedVmState } from "./attached-vm-state.ts";
import { compressMemories } from "./compress.ts";
import type { SavedNode, SnapshotManifest } from "./manifest.ts";
import { imageOfSnapshot } from "./restore-target.ts";
import { type AfterSave, saveMachines } from "./save.ts";
import { writeManifest } from "./store.ts";

export interface FillRequest {
  readonly settings: Pick<Settings, "runDir" | "stateDir">;
  readonly name: string;
  /** The command that saves, for messages: `snapshot save one`. */
  readonly command: string;
  readonly nodes: Readonly<Record<string, SavedNode>>;
  readonly attachedVms: readonly AttachedVm[];
  readonly compress: boolean;
  /** Compute checksums of the files, which takes seconds. Without them, a copy of the folder can't be restored. */
  readonly checksums: boolean;
  /** See the manifest. */
  readonly onlyRouting: boolean;
  readonly afterwards: AfterSave;
  readonly interrupted?: AbortSignal;
  readonly note: Note;
}

/**
 * Writes a snapshot of these running switches to this empty folder.
 * @returns how long they were paused, in ms.
 */
export async function fillSnapshot(host: Host, folder: string, request: FillRequest): Promise<number> {
  const { settings, compress, nodes, note, afterwards, attachedVms } = request;
  const image = await imageOfNodes(host, request);
  const [launch] = Object.values(nodes).map((node) => node.launch);
  if (launch === undefined) {
    throw new Error("a fabric without switches");
  }
  const architecture = await findArchitecture(host);
  const accelerator = launch.kvm ? "kvm" : "tcg";
  const qemuVersion = await findQemu(host, architecture);
  const facts = await hostFacts(host, { architecture, accelerator, qemuVersion, user: launch.user });
  const atOnce = await processors(host);
  note("the switches are paused");
  const pausedMs = await saveMachines(host, folder, {
    ...{ runDir: settings.runDir, architecture, user: launch.user, attachedVms, atOnce, afterwards },
    nodes: Object.entries(nodes).map(([node, { memoryMiB }]) => ({
      node: nodeFolder(settings.runDir, node),
      memoryMiB,
    })),
  });
  request.interrupted?.throwIfAborted();
  if (compress) {
    note("compressing");
    await compressMemories(host, folder, Object.keys(nodes), atOnce);
  }
  const manifest: SnapshotManifest = {
    version: 1,
    name: request.name,
    savedAt: new Date().toISOString(),
    pausedMs,
    facts,
    image: imageOfSnapshot(image),
    compressed: compress,
    nodes,
    racked: attachedVms.map((machine) => machine.name),
    files: await describe(host, folder, request),
    ...(request.onlyRouting ? { onlyRouting: true } : {}),
    ...(afterwards.sync ? {} : { bootId: await readBootId(host) }),
  };
  request.interrupted?.throwIfAborted();
  await writeManifest(host, folder, manifest);
  return pausedMs;
}

async function describe(
  host: Host,
  folder: string,
  { nodes, attachedVms, compress, checksums, note }: FillRequest,
): Promise<SnapshotManifest["files"]> {
  const memory = compress ? "memory.zst" : "memory";
  const names = [
    ...Object.keys(nodes).flatMap((node) => [`${node}/${memory}`, `${node}/state`]),
    ...attachedVms.map((machine) => attachedVmState(machine.name)),
  ];
  if (!checksums) {
    return stampFiles(host, folder, names);
  }
  note("computing checksums");
  return describeFiles(host, folder, names);
}

/** Returns the image that all of them run from, which a restore needs. */
async function imageOfNodes(host: Host, { settings, command, nodes }: FillRequest) {
  const launches = await Promise.all(
    Object.keys(nodes).map((node) => readLaunch(host, nodeFolder(settings.runDir, node))),
  );
  const folders = [...new Set(launches.flatMap((launch) => launch?.imageFolder ?? []))];
  if (folders.length > 1) {
    const reason = `switches run from different images: ${folders.join(", ")}; run 'ikvswitch up' first`;
    throw new CommandError(command, undefined, reason);
  }
  const id = (folders[0] ?? "").slice(imageFolder(settings.stateDir, "").length);
  const image = await findImage(host, settings.stateDir, id);
  if (image === undefined) {
    const reason = `the image of the running switches no longer exists: ${folders[0]}`;
    throw new CommandError(command, undefined, reason);
  }
  return image;
}
