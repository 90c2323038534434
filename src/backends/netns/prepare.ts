import type { Settings } from "../../config/settings.ts";
import type { Fabric, Node } from "../../fabric/types.ts";
import { untaggedFabric } from "../../fabric/untagged.ts";
import { hasVlans } from "../../host/vlans.ts";
import { readAppliedFile } from "../../nodes/applied-file.ts";
import { leasesFile } from "../../nodes/leases-file.ts";
import type { NodeAction } from "../../nodes/outcome.ts";
import type { RenderedNode } from "../../nodes/render-nodes.ts";
import { digestFiles, type FileDigests } from "../../render/hash.ts";
import type { NodeFile, RenderOptions } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import { ownNetwork } from "../../system/own-network.ts";
import type { Rendering } from "../model/backend.ts";
import { archiveOf } from "../model/guest-files.ts";
import { type NetnsFiles, netnsFiles, type ProgramFolders } from "./files.ts";
import { limitsOf, userOf } from "./limits.ts";
import { type NetnsFolder, netnsFolder } from "./netns-folder.ts";
import { hostEndNames, netnsPorts } from "./netns-ports.ts";
import { netnsPid } from "./process.ts";
import { isSameRecord, type KeptRecord, type NetnsRecord } from "./record.ts";
import { readRecord } from "./record-file.ts";

/** The action for one switch, with all the data that it needs. */
export interface NetnsWork {
  readonly node: Node;
  readonly folder: NetnsFolder;
  readonly action: NodeAction;
  readonly record: KeptRecord;
  readonly archive: Uint8Array;
  readonly digests: FileDigests;
  readonly files: readonly NodeFile[];
  /** Digests of the files that it has; undefined if unknown. */
  readonly applied: FileDigests | undefined;
}

export interface Preparation {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly rendered: readonly RenderedNode[];
  readonly folders: ProgramFolders;
  readonly vlans: boolean;
}

/**
 * A login to a switch gives access close to the host's kernel. A password, which may be the shipped one, is not enough
 * protection for that.
 */
export const NETNS_OPTIONS: RenderOptions = { passwordLogin: false };

/** Returns the rendering input that differs for namespaces of this host. */
export async function netnsRendering(host: Host, fabric: Fabric): Promise<Rendering> {
  return { fabric: (await hasVlans(host)) ? fabric : untaggedFabric(fabric), options: NETNS_OPTIONS };
}

/** Compares the planned switches with the running ones. Changes nothing. */
export async function prepareNetns(host: Host, preparation: Preparation): Promise<readonly NetnsWork[]> {
  const [own, network, uidMap, devices] = await Promise.all([
    netnsFiles(host, preparation.folders),
    ownNetwork(host),
    host.readFile("/proc/self/uid_map"),
    host.list("/sys/class/net"),
  ]);
  const found = { own, network, uidMap: uidMap ?? "", devices: new Set(devices) };
  return Promise.all(preparation.rendered.map((node) => netnsWork(host, preparation, node, found)));
}

/** What all switches have in common. */
interface FoundOnHost {
  readonly own: NetnsFiles;
  readonly network: string;
  readonly uidMap: string;
  readonly devices: ReadonlySet<string>;
}

async function netnsWork(
  host: Host,
  { settings, fabric, vlans, folders }: Preparation,
  { node, files, routing }: RenderedNode,
  { own, network, uidMap, devices }: FoundOnHost,
): Promise<NetnsWork> {
  const record: NetnsRecord = {
    version: 2,
    node: node.name,
    network,
    ports: netnsPorts(fabric, node),
    program: own.program,
    vlans,
    user: userOf(fabric, node.name, uidMap),
    limits: limitsOf(node, settings.maxProcesses),
  };
  const all = [...own.files, ...files];
  const digests = { ...digestFiles(all), routing };
  const folder = netnsFolder(settings.runDir, node.name);
  const [pid, kept, applied] = await Promise.all([
    netnsPid(host, folder),
    readRecord(host, folder),
    readAppliedFile(host, folder.applied),
  ]);
  const action = decideNetns({
    running: pid !== undefined,
    asWanted: isSameRecord(kept, record) && hostEndNames(record.ports).every((name) => devices.has(name)),
    upToDate: applied?.all === digests.all,
  });
  const leases = leasesFile(settings.stateDir, node);
  return {
    node,
    folder,
    action,
    record: {
      ...record,
      library: folders.library,
      cgroups: [],
      ...(leases === null ? {} : { leases }),
    },
    archive: archiveOf(all, own.binaries),
    digests,
    files: all,
    applied,
  };
}

/**
 * Chooses an action. A netns that is off is started. A running one is kept, updated with new files, or restarted if its
 * settings differ or it has lost a port: the end of a veth pair disappears with its peer.
 */
export function decideNetns(situation: {
  readonly running: boolean;
  readonly asWanted: boolean;
  readonly upToDate: boolean;
}): NodeAction {
  const { running, asWanted, upToDate } = situation;
  return !running ? "start" : !asWanted ? "restart" : upToDate ? "keep" : "update";
}
