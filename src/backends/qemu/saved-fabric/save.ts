import type { Settings } from "../../../config/settings.ts";
import type { Fabric } from "../../../fabric/types.ts";
import type { Host } from "../../../system/host.ts";
import type { Note } from "../../../system/progress.ts";
import { makeWholeFolder, removeUnfinishedFolders } from "../../../system/whole-folder.ts";
import type { Started, UpRequest } from "../../model/backend.ts";
import type { KeepRequest, PreparedKeep, SavedFabricKind } from "../../model/saved-fabrics.ts";
import type { Saved } from "../../model/snapshots.ts";
import { diskMiB } from "../kept-files.ts";
import { fillSnapshot } from "../snapshot/fill-snapshot.ts";
import { describeNodes, findSpace, largestMiB } from "../snapshot/fit.ts";
import type { SavedNode } from "../snapshot/manifest.ts";
import { resumePaused } from "../snapshot/pause.ts";
import { savedFabricFolder, savedFabricsFolder } from "./store.ts";

interface SaveRequest {
  readonly settings: Pick<Settings, "runDir" | "stateDir">;
  readonly fabric: Fabric;
  readonly interrupted?: AbortSignal;
}

/** Checks that the running switches can be kept. */
export async function prepareKeep(host: Host, request: KeepRequest): Promise<PreparedKeep> {
  const { nodes, ...space } = await prepare(host, request, "down --keep");
  const keep = async (note: Note): Promise<Saved> => {
    try {
      return await save(host, request, nodes, "kept", note);
    } catch (error) {
      await resumePaused(host, request.settings.runDir);
      throw error;
    }
  };
  return { ...space, keep };
}

/**
 * Returns the function that saves a warm fabric of these switches, once routing has converged; nothing if none is to be
 * made. All switches must be new clones: those that ran before may have changes of the user.
 *
 * Call it when the clones have resumed. Some time later they start their DHCP servers by themselves, and those would
 * resume with leases that are outdated by then.
 */
export function saverOfWarmFabric(
  host: Host,
  request: UpRequest,
  { outcomes }: Pick<Started, "outcomes">,
): Pick<Started, "saveConverged"> {
  const { settings, fabric, keepFaults } = request;
  const areNew = Object.values(outcomes).every((outcome) => outcome === "cloned");
  return areNew && !keepFaults && largestMiB(fabric) <= settings.warmFabricMaxMiB
    ? { saveConverged: () => saveWarm(host, request, Date.now() + ONLY_ROUTING_MS) }
    : {};
}

/** Less than complete-clone's SECONDS_UNTIL_SERVICES_START. */
const ONLY_ROUTING_MS = 25_000;

/** Warns of a failure: the next `up` clones the switches again. */
async function saveWarm(host: Host, request: UpRequest, deadline: number): Promise<void> {
  const { progress, interrupted, onWarning } = request;
  await progress.step(
    "Save a warm fabric for the next start",
    async (note) => {
      try {
        const { nodes } = await prepare(host, request, "up");
        return Date.now() > deadline
          ? "none: routing took too long to converge"
          : describeSaved(await save(host, request, nodes, "warm", note));
      } catch (error) {
        if (interrupted?.aborted || !(error instanceof Error)) {
          throw error;
        }
        onWarning(`no warm fabric is saved: ${error.message}`);
        return "none";
      }
    },
    (outcome) => outcome,
  );
}

function describeSaved({ diskMiB: size, pausedMs }: Saved): string {
  return `${size} MiB on disk; switches paused for ${(pausedMs / 1000).toFixed(2)} s`;
}

async function prepare(host: Host, { settings, fabric }: SaveRequest, command: string) {
  const folder = savedFabricsFolder(settings.stateDir);
  await host.makeDirectory(folder, 0o755);
  await removeUnfinishedFolders(host, folder);
  const nodes = await describeNodes(host, { runDir: settings.runDir, fabric, attachedVms: [], command });
  return { nodes, ...(await findSpace(host, { fabric, folder, command })) };
}

/** Limit for waiting for another maker, which the lock of the network excludes but for other network namespaces. */
const OTHERS_TIMEOUT_MS = 60_000;

async function save(
  host: Host,
  { settings, interrupted }: SaveRequest,
  nodes: Readonly<Record<string, SavedNode>>,
  kind: SavedFabricKind,
  note: Note,
): Promise<Saved> {
  const path = savedFabricFolder(settings.stateDir, kind);
  const isKept = kind === "kept";
  let pausedMs = 0;
  await makeWholeFolder(
    host,
    {
      path,
      isThere: async () => false,
      timeoutMs: OTHERS_TIMEOUT_MS,
      onWait: () => note("waiting for another ikvswitch process, which saves switches"),
    },
    async (folder) => {
      pausedMs = await fillSnapshot(host, folder, {
        ...{ settings, name: kind, command: isKept ? "down --keep" : "up", nodes, attachedVms: [], note },
        // Checksums would take longer than the rest; the files' stamps show whether they were changed.
        ...{ compress: false, checksums: false, onlyRouting: !isKept },
        afterwards: { resume: !isKept, sync: isKept },
        ...(interrupted === undefined ? {} : { interrupted }),
      });
    },
  );
  return { pausedMs, diskMiB: await diskMiB(host, path) };
}
