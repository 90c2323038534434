import type { Fabric } from "../../../fabric/types.ts";
import { ensureConsolePasswords } from "../../../nodes/console-passwords.ts";
import { leftoverNodes } from "../../../nodes/leftovers.ts";
import { DEFAULT_GRACE_MS } from "../../../nodes/machines.ts";
import { summary } from "../../../nodes/summary.ts";
import type { Host } from "../../../system/host.ts";
import { processors } from "../../../system/processors.ts";
import type { Started, UpRequest } from "../../model/backend.ts";
import { stopMachine } from "../machine.ts";
import { removeNode } from "../make-node-folders.ts";
import { nodeFolder } from "../node-folder.ts";
import type { ResumableFabric } from "../saved-fabric/find.ts";
import { resumeFabric } from "../saved-fabric/resume.ts";
import { saverOfWarmFabric } from "../saved-fabric/save.ts";
import type { ProvidedWarmBases } from "../warm-base/provide.ts";
import { type Brought, bringAll } from "./bring-all.ts";
import { prepareWarmBases, type SwitchesToStart } from "./prepare-warm-bases.ts";

export interface PreparedSwitches extends SwitchesToStart {
  /** The saved fabric from which they resume; undefined if there is none. */
  readonly saved: ResumableFabric | undefined;
  /** Undefined if they resume. */
  readonly warmBases: ProvidedWarmBases | undefined;
}

/**
 * Brings all switches to the planned state: resumes them from a saved fabric, or clones or boots them.
 * @param deadline in ms since the epoch.
 */
export async function startSwitches(
  host: Host,
  request: UpRequest,
  prepared: PreparedSwitches,
  deadline: number,
): Promise<Started> {
  const { settings, fabric } = request;
  const { site, saved } = prepared;
  await stopLeftovers(host, settings.runDir, fabric);
  const options = {
    atOnce: site.accelerator === "kvm" ? fabric.nodes.length : await processors(host),
    deadline,
  };
  const resumed = saved && (await resumeFabric(host, request, saved, options));
  if (resumed !== undefined) {
    return resumed;
  }
  const warmBases = prepared.warmBases ?? (await prepareWarmBases(host, request, prepared));
  const brought = await bring(host, request, { ...prepared, warmBases }, options);
  return { ...brought, ...saverOfWarmFabric(host, request, brought) };
}

function bring(
  host: Host,
  { settings, interrupted, progress, onWarning }: UpRequest,
  { work, warmBases }: SwitchesToStart & { readonly warmBases: ProvidedWarmBases },
  options: { readonly atOnce: number; readonly deadline: number },
): Promise<Brought> {
  return progress.step(
    "Boot the switches",
    async (note) =>
      bringAll(host, work, {
        ...options,
        ...(interrupted === undefined ? {} : { interrupted }),
        runDir: settings.runDir,
        vncPassword: (await ensureConsolePasswords(host, settings)).vnc,
        sources: warmBases.sources,
        mustClone: settings.boot === "warm",
        onWarning,
        note,
      }),
    ({ outcomes }) => summary(Object.values(outcomes)),
  );
}

/** Stops the switches of an earlier, larger fabric, and removes their files. */
async function stopLeftovers(host: Host, runDir: string, fabric: Fabric): Promise<void> {
  const names = await leftoverNodes(host, runDir, fabric);
  await Promise.all(
    names.map(async (name) => {
      const folder = nodeFolder(runDir, name);
      await stopMachine(host, folder, { graceMs: DEFAULT_GRACE_MS });
      await removeNode(host, folder);
    }),
  );
}
