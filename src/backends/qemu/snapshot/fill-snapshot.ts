import { CommandError } from "../../../errors.ts";
import { findImage, imageFolder } from "../../../image/store.ts";
import { findQemu } from "../../../qemu/requirements.ts";
import { findArchitecture } from "../../../system/architecture.ts";
import type { Host } from "../../../system/host.ts";
import { processors } from "../../../system/processors.ts";
import type { Note } from "../../../system/progress.ts";
import type { SnapshotSaveRequest } from "../../model/snapshots.ts";
import { describeFiles } from "../kept-files.ts";
import { readLaunch } from "../launch-file.ts";
import { nodeFolder } from "../node-folder.ts";
import { hostFacts } from "../warm-base/key.ts";
import { attachedVmState } from "./attached-vm-state.ts";
import { compressMemories } from "./compress.ts";
import type { SavedNode, SnapshotManifest } from "./manifest.ts";
import { imageOfSnapshot } from "./restore-target.ts";
import { saveMachines } from "./save.ts";
import { writeManifest } from "./store.ts";

interface FillRequest extends SnapshotSaveRequest {
  readonly nodes: Readonly<Record<string, SavedNode>>;
  readonly note: Note;
}

/**
 * Writes a snapshot of these running switches to this empty folder.
 * @returns how long they were paused, in ms.
 */
export async function fillSnapshot(host: Host, folder: string, request: FillRequest): Promise<number> {
  const { settings, compress, nodes, note } = request;
  const image = await imageOfNodes(host, request);
  const [launch] = Object.values(nodes).map((node) => node.launch);
  if (launch === undefined) {
    throw new Error("a fabric without switches");
  }
  const architecture = await findArchitecture(host);
  const accelerator = launch.kvm ? "kvm" : "tcg";
  const qemuVersion = await findQemu(host, architecture);
  const facts = await hostFacts(host, { architecture, accelerator, qemuVersion, user: launch.user });
  const names = Object.keys(nodes);
  const atOnce = await processors(host);
  note("the switches are paused");
  const pausedMs = await saveMachines(host, folder, {
    runDir: settings.runDir,
    architecture,
    user: launch.user,
    nodes: Object.entries(nodes).map(([node, { memoryMiB }]) => ({
      node: nodeFolder(settings.runDir, node),
      memoryMiB,
    })),
    attachedVms: request.attachedVms,
    atOnce,
  });
  request.interrupted?.throwIfAborted();
  if (compress) {
    note("compressing");
    await compressMemories(host, folder, names, atOnce);
  }
  note("computing checksums");
  const manifest: SnapshotManifest = {
    version: 1,
    name: request.name,
    savedAt: new Date().toISOString(),
    pausedMs,
    facts,
    image: imageOfSnapshot(image),
    compressed: compress,
    nodes,
    racked: request.attachedVms.map((machine) => machine.name),
    files: await describeFiles(host, folder, filesOf(request)),
  };
  request.interrupted?.throwIfAborted();
  await writeManifest(host, folder, manifest);
  return pausedMs;
}

function filesOf({ nodes, attachedVms, compress }: FillRequest): readonly string[] {
  const memory = compress ? "memory.zst" : "memory";
  return [
    ...Object.keys(nodes).flatMap((node) => [`${node}/${memory}`, `${node}/state`]),
    ...attachedVms.map((machine) => attachedVmState(machine.name)),
  ];
}

/** Returns the image that all of them run from, which a restore needs. */
async function imageOfNodes(host: Host, { settings, name, nodes }: FillRequest) {
  const launches = await Promise.all(
    Object.keys(nodes).map((node) => readLaunch(host, nodeFolder(settings.runDir, node))),
  );
  const folders = [...new Set(launches.flatMap((launch) => launch?.imageFolder ?? []))];
  if (folders.length > 1) {
    const reason = `switches run from different images: ${folders.join(", ")}; run 'ikvswitch up' first`;
    throw new CommandError(`snapshot save ${name}`, undefined, reason);
  }
  const id = (folders[0] ?? "").slice(imageFolder(settings.stateDir, "").length);
  const image = await findImage(host, settings.stateDir, id);
  if (image === undefined) {
    const reason = `the image of the running switches no longer exists: ${folders[0]}`;
    throw new CommandError(`snapshot save ${name}`, undefined, reason);
  }
  return image;
}
