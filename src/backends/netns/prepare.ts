import type { Settings } from "../../config/settings.ts";
import type { Fabric, Node } from "../../fabric/types.ts";
import { untaggedFabric } from "../../fabric/untagged.ts";
import { hasVlans } from "../../host/vlans.ts";
import { type CpioEntry, writeCpio } from "../../image/cpio.ts";
import { readAppliedFile } from "../../nodes/applied-file.ts";
import type { NodeAction } from "../../nodes/outcome.ts";
import type { RenderedNode } from "../../nodes/render-nodes.ts";
import { digestFiles, type FileDigests } from "../../render/hash.ts";
import type { NodeFile, RenderOptions } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import type { Rendering } from "../model/backend.ts";
import { type ProgramFolders, type SandboxFiles, sandboxFiles } from "./files.ts";
import { limitsOf, userOf } from "./limits.ts";
import { ownNetwork, sandboxPid } from "./process.ts";
import { isSameRecord, type KeptRecord, type SandboxRecord } from "./record.ts";
import { readRecord } from "./record-file.ts";
import { type SandboxFolder, sandboxFolder } from "./sandbox-folder.ts";
import { vethPorts } from "./veth-ports.ts";

/** What is to be done with one switch, and all it takes. */
export interface SandboxWork {
  readonly node: Node;
  readonly folder: SandboxFolder;
  readonly action: NodeAction;
  readonly record: KeptRecord;
  readonly archive: Uint8Array;
  readonly digests: FileDigests;
}

export interface Preparation {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly rendered: readonly RenderedNode[];
  readonly folders: ProgramFolders;
  readonly vlans: boolean;
}

/** Who is let into a switch is let near the host's kernel: a password, which may be the shipped one, is too little. */
export const SANDBOX_OPTIONS: RenderOptions = { passwordLogin: false };

/** What differs where switches are namespaces of this host. */
export async function sandboxRendering(host: Host, fabric: Fabric): Promise<Rendering> {
  return { fabric: (await hasVlans(host)) ? fabric : untaggedFabric(fabric), options: SANDBOX_OPTIONS };
}

/** Compare what should run with what does. Changes nothing. */
export async function prepareSandboxes(
  host: Host,
  preparation: Preparation,
): Promise<readonly SandboxWork[]> {
  const [own, network, devices] = await Promise.all([
    sandboxFiles(host, preparation.folders),
    ownNetwork(host),
    host.list("/sys/class/net"),
  ]);
  const present = new Set(devices);
  return Promise.all(
    preparation.rendered.map((node) => sandboxWork(host, preparation, node, own, network, present)),
  );
}

async function sandboxWork(
  host: Host,
  { settings, fabric, vlans, folders }: Preparation,
  { node, files, routing }: RenderedNode,
  own: SandboxFiles,
  network: string,
  devices: ReadonlySet<string>,
): Promise<SandboxWork> {
  const record: SandboxRecord = {
    version: 2,
    node: node.name,
    network,
    ports: vethPorts(fabric, node),
    program: own.program,
    vlans,
    user: userOf(fabric, node.name),
    limits: limitsOf(node, settings.maxProcesses),
  };
  const all = [...own.files, ...files];
  const digests = { ...digestFiles(all), routing };
  const folder = sandboxFolder(settings.runDir, node.name);
  const [pid, kept, applied] = await Promise.all([
    sandboxPid(host, folder),
    readRecord(host, folder),
    readAppliedFile(host, folder.applied),
  ]);
  const action = decideSandbox({
    running: pid !== undefined,
    asWanted: isSameRecord(kept, record) && node.ports.every(({ tap }) => devices.has(tap)),
    upToDate: applied?.all === digests.all,
  });
  return {
    node,
    folder,
    action,
    record: { ...record, library: folders.library, cgroups: [] },
    archive: archiveOf(all, own.binaries),
    digests,
  };
}

/**
 * A sandbox that is off is started. One that runs is left alone, given new files, or started anew when it is to be
 * another, or has lost a port: a veth comes and goes with its peer.
 */
export function decideSandbox(situation: {
  readonly running: boolean;
  readonly asWanted: boolean;
  readonly upToDate: boolean;
}): NodeAction {
  const { running, asWanted, upToDate } = situation;
  return !running ? "start" : !asWanted ? "restart" : upToDate ? "keep" : "update";
}

/** With a list of what is in it, by which a running switch tells what is gone since the last one. */
function archiveOf(files: readonly NodeFile[], binaries: readonly CpioEntry[]): Uint8Array {
  const list = "/etc/ikvswitch/files";
  const content = [...files.map(({ path }) => path), list]
    .sort()
    .map((path) => `${path}\n`)
    .join("");
  const entries = [...files, { path: list, mode: 0o644, content }].map((file) => ({
    ...file,
    path: file.path.slice(1),
  }));
  return writeCpio([...entries, ...binaries]);
}
