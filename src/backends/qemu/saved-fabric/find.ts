import { basename } from "node:path";
import type { Settings } from "../../../config/settings.ts";
import { CommandError } from "../../../errors.ts";
import { formatTime } from "../../../format/time.ts";
import { findImage } from "../../../image/store.ts";
import type { Accelerator } from "../../../qemu/accelerator.ts";
import type { Host } from "../../../system/host.ts";
import type { SavedFabricKind } from "../../model/saved-fabrics.ts";
import { checkFiles } from "../kept-files.ts";
import type { SwitchHost } from "../preflight.ts";
import type { NodeWork } from "../prepare.ts";
import { snapshotDifferences } from "../snapshot/differences.ts";
import type { SnapshotManifest } from "../snapshot/manifest.ts";
import { comparedNodes, imageOfSnapshot } from "../snapshot/restore-target.ts";
import type { SavedSwitches } from "../snapshot/snapshot-sources.ts";
import { hostFacts } from "../warm-base/key.ts";
import { readSavedFabric, savedFabricFolder } from "./store.ts";

/** The switches that are to be started, none of which runs. */
export interface WantedSwitches {
  readonly settings: Pick<Settings, "stateDir" | "boot" | "warmFabricMaxMiB">;
  readonly site: SwitchHost & { readonly accelerator: Accelerator };
  /** Folder of the image from which they boot. */
  readonly imageFolder: string;
  readonly work: readonly NodeWork[];
  /** If true, a warm fabric is not used: injected faults may keep its sessions from surviving. */
  readonly keepFaults: boolean;
}

export interface ResumableFabric extends SavedSwitches {
  readonly kind: SavedFabricKind;
}

/** `unfit`: there is a warm fabric, but of other switches, or it is damaged. */
export type FoundFabric =
  | { readonly state: "fit"; readonly saved: ResumableFabric }
  | { readonly state: "none" }
  | { readonly state: "unfit"; readonly problems: readonly string[] };

/**
 * Finds the saved fabric from which these switches can resume.
 * @throws CommandError with all differences if the user kept a fabric that does not fit them: its state would be lost.
 */
export async function findSavedFabric(host: Host, wanted: WantedSwitches): Promise<FoundFabric> {
  const kept = await examine(host, wanted, "kept");
  if (kept?.state === "unfit") {
    const reasons = [
      `the switches kept by 'down --keep' at ${formatTime(kept.manifest.savedAt)} cannot resume; nothing was changed:`,
      ...kept.problems,
      "undo these changes, or discard the kept switches: run 'ikvswitch up --fresh'",
    ];
    throw new CommandError("up", undefined, reasons.join("\n"));
  }
  if (kept !== undefined) {
    return kept;
  }
  const { boot, warmFabricMaxMiB } = wanted.settings;
  const usesWarm = boot !== "cold" && warmFabricMaxMiB > 0 && !wanted.keepFaults;
  return (usesWarm ? await examine(host, wanted, "warm") : undefined) ?? { state: "none" };
}

/** Formats the result for the progress. */
export function describeFound(found: FoundFabric): string {
  switch (found.state) {
    case "none":
      return "none";
    case "unfit":
      return `the warm fabric is not of these switches: ${found.problems[0]}${found.problems.length > 1 ? "; …" : ""}`;
    case "fit":
      return `the switches will resume from the ${found.saved.kind} fabric`;
  }
}

/** Returns undefined if there is none of this kind. */
export async function examine(host: Host, wanted: WantedSwitches, kind: SavedFabricKind) {
  const { settings, site, work } = wanted;
  const manifest = await readSavedFabric(host, settings.stateDir, kind);
  if (manifest === undefined) {
    return undefined;
  }
  const folder = savedFabricFolder(settings.stateDir, kind);
  const problems = await problemsOf(host, wanted, manifest, folder);
  return problems.length === 0
    ? ({ state: "fit", manifest, saved: { kind, folder, manifest, work, switchHost: site } } as const)
    : ({ state: "unfit", manifest, problems } as const);
}

async function problemsOf(
  host: Host,
  { settings, site, imageFolder, work }: WantedSwitches,
  manifest: SnapshotManifest,
  folder: string,
): Promise<readonly string[]> {
  const image = await findImage(host, settings.stateDir, basename(imageFolder));
  if (image === undefined) {
    throw new CommandError("up", undefined, `the image in ${imageFolder} has disappeared`);
  }
  const differences = snapshotDifferences(manifest, {
    facts: await hostFacts(host, site),
    image: imageOfSnapshot(image),
    nodes: comparedNodes(work),
  });
  return differences.length > 0 ? differences : (await checkFiles(host, folder, manifest.files)).problems;
}
