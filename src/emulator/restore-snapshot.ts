import type { BmcPrograms } from "../bmc/plan.ts";
import { CommandError, UsageError } from "../errors.ts";
import { clearFaults } from "../faults/restore.ts";
import { summarizeStart } from "../host/format.ts";
import { startHostNetwork } from "../host/start.ts";
import { waitForConvergence } from "../switches/converge.ts";
import { qemuMachines } from "../switches/qemu/machines.ts";
import { nodePaths } from "../switches/qemu/paths.ts";
import { renewRandomness } from "../switches/qemu/renew-randomness.ts";
import { setClocks } from "../switches/qemu/set-clocks.ts";
import type { SnapshotManifest } from "../switches/qemu/snapshot/manifest.ts";
import { checkSnapshotName } from "../switches/qemu/snapshot/name.ts";
import type { RackedMachine } from "../switches/qemu/snapshot/racked.ts";
import { loadRacked } from "../switches/qemu/snapshot/racked-load.ts";
import { continueRacked } from "../switches/qemu/snapshot/racked-save.ts";
import { findSnapshot, snapshotFolder } from "../switches/qemu/snapshot/store.ts";
import { restoreAll } from "../switches/restore-all.ts";
import { slot } from "../switches/slot.ts";
import { switchPorts } from "../switches/switch-ports.ts";
import type { UpRequest } from "../switches/up.ts";
import type { Host } from "../system/host.ts";
import type { Step } from "../system/steps.ts";
import { endSwitches } from "./end-switches.ts";
import { restoreProblems } from "./restorable.ts";
import { findSnapshotSite, type SiteRequest, type SnapshotSite } from "./snapshot-site.ts";
import { readyOf, sourcesOf, withMemories } from "./snapshot-sources.ts";
import { startBmcsStep } from "./start-bmcs-step.ts";

export interface RestoreRequest
  extends SiteRequest,
    Pick<UpRequest, "timeoutMs" | "interrupted" | "onWarning"> {
  readonly name: string;
  /** Machines of the user's that were saved with the switches, and wait for their state. */
  readonly racked: readonly RackedMachine[];
  readonly bmcPrograms: BmcPrograms;
}

export interface RestoreReport {
  readonly name: string;
  readonly switches: number;
  /** ISO 8601. */
  readonly savedAt: string;
  /** From the start of our process until all switches went on, with the sessions that they had. */
  readonly runningMs: number;
}

/**
 * Put a saved fabric in the place of what runs. Whatever can be known to be wrong with it is found before anything is
 * touched.
 */
export function restoreSnapshot(
  host: Host,
  request: RestoreRequest,
): { readonly steps: readonly Step[]; readonly report: () => RestoreReport } {
  const { config, fabric, name, interrupted, timeoutMs } = request;
  const runDir = config.RUN_DIR;
  checkSnapshotName(name);
  if (config.BACKEND === "netns") {
    throw new UsageError(
      "BACKEND=netns: snapshots are of switches that are virtual machines (BACKEND=qemu).",
    );
  }
  const nodes = fabric.nodes.map((node) => nodePaths(runDir, node.name));
  const manifest = slot<SnapshotManifest>();
  const site = slot<SnapshotSite>();
  const report = slot<RestoreReport>();
  const steps: Step[] = [
    {
      title: "Check the snapshot",
      run: async () => {
        manifest.set(await findSnapshot(host, config.STATE_DIR, name));
        site.set(await findSnapshotSite(host, request));
        const problems = await restoreProblems(host, request, manifest.get(), site.get());
        if (problems.length > 0) {
          const reasons = ["it can't be restored here and now, and nothing was touched:", ...problems];
          throw new CommandError(`snapshot restore ${name}`, undefined, reasons.join("\n"));
        }
        return `${fabric.nodes.length} switches, saved at ${manifest.get().savedAt}`;
      },
    },
    {
      title: "End what runs",
      run: async () => {
        const ended = await endSwitches(host, fabric, runDir);
        return ended === 0 ? "nothing does" : `${ended} switches`;
      },
    },
    {
      title: "Build the host network",
      run: async (note) => {
        await clearFaults(host, fabric, qemuMachines(host, runDir));
        const result = await startHostNetwork(host, fabric, {
          stateDir: config.STATE_DIR,
          switchPorts: await switchPorts(host, runDir, "qemu"),
          keepFaults: false,
          onProgress: note,
          onWarning: request.onWarning,
          interrupted,
        });
        return summarizeStart(result);
      },
    },
    {
      title: "Restore the switches",
      run: async (note) => {
        await withMemories(host, request, manifest.get(), site.get(), note, async (folder) => {
          const { work } = readyOf(site.get());
          await restoreAll(host, work, {
            runDir,
            rootPassword: config.VM_ROOT_PASS,
            sources: sourcesOf(request, site.get(), folder),
            timeoutMs,
            alongside: request.racked.map((machine) => ({
              load: () => loadRacked(host, snapshotFolder(config.STATE_DIR, name), machine),
              go: () => continueRacked(host, machine),
            })),
          });
        }).catch((error: unknown) => {
          request.onWarning("the switches are off now; `ikvswitch up` starts them");
          throw error;
        });
        if (site.get().switchHost.architecture === "arm64") {
          await renewRandomness(host, nodes);
        }
        const { savedAt } = manifest.get();
        report.set({
          name,
          switches: fabric.nodes.length,
          savedAt,
          runningMs: Math.round(performance.now()),
        });
        return `${fabric.nodes.length} go on`;
      },
    },
    {
      title: "Wait for routing to converge",
      run: async (note) => {
        await waitForConvergence(host, qemuMachines(host, runDir), fabric, {
          ...(interrupted === undefined ? {} : { interrupted }),
          deadline: Date.now() + timeoutMs,
          timeoutMs,
          note,
        });
        return `${fabric.nodes.length} loopbacks answer, ${fabric.sessions.length} BGP sessions are established`;
      },
    },
    {
      title: "Set the switches' clocks",
      run: async () => {
        await setClocks(host, nodes);
        return "done";
      },
    },
    startBmcsStep(host, { ...request, kvm: () => site.get().acceleration.accelerator === "kvm" }),
  ];
  return { steps, report: report.get };
}
