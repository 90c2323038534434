import type { Settings } from "../../config/settings.ts";
import type { Fabric, Node } from "../../fabric/types.ts";
import type { BootFiles } from "../../image/store.ts";
import { listenAddress } from "../../nodes/listen.ts";
import type { NodeAction } from "../../nodes/outcome.ts";
import { renderNodes } from "../../nodes/render-nodes.ts";
import type { Accelerator } from "../../qemu/accelerator.ts";
import { digestFiles, type FileDigests } from "../../render/hash.ts";
import type { NodeFile, TemplateSet } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import { panicReport } from "./console-log.ts";
import { decide } from "./decide.ts";
import { assertFitsDisk, type NodeDelivery, readApplied } from "./deliver.ts";
import { type LaunchSpec, launchSpec } from "./launch.ts";
import { readLaunch } from "./launch-file.ts";
import { leasesDisk, machinePlan } from "./machine-plan.ts";
import { type NodeFolder, nodeFolder } from "./node-folder.ts";
import type { SwitchHost } from "./preflight.ts";
import { machinePid } from "./process.ts";

/** The action for one node, with all the data that it needs. */
export interface NodeWork {
  readonly node: Node;
  readonly folder: NodeFolder;
  readonly action: NodeAction;
  readonly launch: LaunchSpec;
  readonly delivery: NodeDelivery;
  readonly files: readonly NodeFile[];
  /** Digests of the files that it has; undefined if unknown. */
  readonly applied: FileDigests | undefined;
}

/** Reports whether its VM must be started, either now or after the running one is stopped. */
export function isToStart({ action }: Pick<NodeWork, "action">): boolean {
  return action === "start" || action === "restart";
}

export interface Preparation {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly templates: TemplateSet;
  readonly switchHost: SwitchHost;
  readonly accelerator: Accelerator;
  readonly boot: BootFiles;
  /** Called with each saved configuration that is not used. */
  readonly onWarning?: (text: string) => void;
  /** Packs files into the archive at the beginning of a VM's disk. */
  readonly nodeDisk: (files: readonly NodeFile[]) => Uint8Array;
}

/** Renders every node's files and compares the planned VMs with the running ones. Writes nothing except identities. */
export async function prepareNodes(host: Host, preparation: Preparation): Promise<readonly NodeWork[]> {
  const rendered = await renderNodes(host, preparation);
  return Promise.all(
    rendered.map(({ node, files, routing }) => {
      const archive = preparation.nodeDisk(files);
      assertFitsDisk(node.name, archive);
      const delivery = { archive, digests: { ...digestFiles(files), routing } };
      return nodeWork(host, preparation, { node, files, delivery });
    }),
  );
}

async function nodeWork(
  host: Host,
  { settings, fabric, switchHost, accelerator, boot }: Preparation,
  { node, files, delivery }: Pick<NodeWork, "node" | "files" | "delivery">,
): Promise<NodeWork> {
  const folder = nodeFolder(settings.runDir, node.name);
  const { architecture, user } = switchHost;
  const machine = { architecture, accelerator, boot, vncListen: listenAddress(settings) };
  const plan = { ...machinePlan(node, fabric.uplink), ...leasesDisk(node, settings.stateDir) };
  const launch = launchSpec({ ...plan, ...machine }, user, folder);
  const applied = await readApplied(host, folder);
  const action = decide({
    running: (await machinePid(host, folder)) !== undefined,
    panicked: (await panicReport(host, folder)) !== null,
    halfCloned: (await host.stat(folder.cloning)) !== undefined,
    launched: await readLaunch(host, folder),
    wanted: launch,
    applied,
    rendered: delivery.digests,
  });
  return { node, folder, action, launch, delivery, files, applied };
}
