import { recipeId } from "../../../image/recipe.ts";
import { currentRecipe, nodeDisk } from "../../../image/source.ts";
import {
  type BootFiles,
  bootFiles,
  findImage,
  type Manifest as ImageManifest,
} from "../../../image/store.ts";
import { loadTemplates } from "../../../nodes/templates.ts";
import { type Acceleration, chooseAccelerator } from "../../../qemu/accel.ts";
import type { Host } from "../../../system/host.ts";
import type { SnapshotSettings } from "../../model/snapshots.ts";
import { deriveLaunch } from "../launch.ts";
import { checkSwitchHost, type SwitchHost } from "../preflight.ts";
import { type NodeWork, prepareNodes } from "../prepare.ts";
import { hostFacts } from "../warm-base/key.ts";
import { snapshotDifferences } from "./differences.ts";
import { type RestoreTarget as ComparedTarget, type SnapshotManifest, savedLaunch } from "./manifest.ts";

/** The restore target of snapshots: this configuration on this host. */
export interface RestoreTarget {
  readonly switchHost: SwitchHost;
  readonly acceleration: Acceleration;
  readonly imageId: string;
  /** Undefined if the configured image does not exist: nothing can be restored then. */
  readonly ready: ReadyTarget | undefined;
}

interface ReadyTarget {
  readonly image: ImageManifest;
  readonly boot: BootFiles;
  readonly work: readonly NodeWork[];
  /** The same nodes in a form for comparison. */
  readonly nodes: ComparedTarget["nodes"];
}

/** @throws PreflightError if VMs can't run at all. */
export async function findRestoreTarget(host: Host, request: SnapshotSettings): Promise<RestoreTarget> {
  const { settings, fabric, product } = request;
  const stateDir = settings.stateDir;
  const switchHost = await checkSwitchHost(host, settings.emulatorUser, []);
  const [acceleration, recipe] = await Promise.all([
    chooseAccelerator(host, { ...switchHost, wanted: settings.accel, stateDir }),
    currentRecipe(host, settings, product.guest, switchHost.architecture),
  ]);
  const imageId = recipeId(recipe);
  const image = await findImage(host, stateDir, imageId);
  if (image === undefined) {
    return { switchHost, acceleration, imageId, ready: undefined };
  }
  const boot = bootFiles(stateDir, image);
  const work = await prepareNodes(host, {
    settings,
    fabric,
    templates: await loadTemplates(host, product.templates),
    switchHost,
    accelerator: acceleration.accelerator,
    boot,
    nodeDisk,
  });
  const ready = { image, boot, work, nodes: comparedNodes(work) };
  return { switchHost, acceleration, imageId, ready };
}

/** Returns planned switches in a form for comparison with saved ones. */
export function comparedNodes(work: readonly NodeWork[]): ComparedTarget["nodes"] {
  const nodes = work.map(
    ({ node, folder, launch, delivery }) =>
      [node.name, { launch: savedLaunch(deriveLaunch(launch, folder)), digests: delivery.digests }] as const,
  );
  return Object.fromEntries(nodes);
}

/**
 * Returns the reasons why a snapshot can't be restored there, a line each; empty if it can. Checks the files for damage
 * only if nothing else prevents it.
 * @param filesOf returns the problems of a snapshot's files.
 */
export async function snapshotProblems(
  host: Host,
  manifest: SnapshotManifest,
  { switchHost, acceleration, imageId, ready }: RestoreTarget,
  filesOf: (manifest: SnapshotManifest) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (ready === undefined) {
    const saved = manifest.image.id === imageId ? "" : `; saved with ${manifest.image.id}`;
    return [`image ${imageId} of the configuration does not exist${saved}`];
  }
  const { accelerator } = acceleration;
  const differences = snapshotDifferences(manifest, {
    facts: await hostFacts(host, { ...switchHost, accelerator }),
    image: imageOfSnapshot(ready.image),
    nodes: ready.nodes,
  });
  return differences.length > 0 ? differences : filesOf(manifest);
}

/** Returns the data about an image that a snapshot of its switches stores. */
export function imageOfSnapshot({ id, files }: ImageManifest): SnapshotManifest["image"] {
  return {
    id,
    files: Object.fromEntries(Object.entries(files).map(([name, { sha256 }]) => [name, sha256])),
  };
}
