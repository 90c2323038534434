import { qemuMachines } from "../backends/qemu/machines.ts";
import { checkBmcs, checkPorts } from "../backends/qemu/preflight.ts";
import type { SnapshotManifest } from "../backends/qemu/snapshot/manifest.ts";
import type { RackedMachine } from "../backends/qemu/snapshot/racked.ts";
import { restoreProblems } from "../backends/qemu/snapshot/restorable.ts";
import { type GoneOn, restoreSwitches } from "../backends/qemu/snapshot/restore-switches.ts";
import {
  findSnapshotSite,
  type SiteRequest,
  type SnapshotSite,
} from "../backends/qemu/snapshot/snapshot-site.ts";
import { findSnapshot } from "../backends/qemu/snapshot/store.ts";
import type { UpRequest } from "../backends/qemu/up.ts";
import { switchPorts } from "../backends/switch-ports.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { CommandError, UsageError } from "../errors.ts";
import { clearFaults } from "../faults/restore.ts";
import { summarizeStart } from "../host/format.ts";
import { checkHostNetwork, hostNetworkSettings, startHostNetwork } from "../host/start.ts";
import { slot } from "../nodes/slot.ts";
import { guardSteps } from "../system/guard-steps.ts";
import type { Host } from "../system/host.ts";
import { checkTogether } from "../system/preflight.ts";
import type { Step } from "../system/steps.ts";
import { checkStoredName } from "../system/stored-name.ts";
import { convergeRestored, type RestoredSessions } from "./converge-restored.ts";
import { endSwitches } from "./end-switches.ts";
import { startBmcsStep } from "./start-bmcs-step.ts";

export interface RestoreRequest
  extends SiteRequest,
    Pick<UpRequest, "timeoutMs" | "interrupted" | "onWarning"> {
  readonly name: string;
  /** Machines of the user's that were saved with the switches, and wait for their state. */
  readonly racked: readonly RackedMachine[];
  readonly bmcPrograms: BmcPrograms;
}

export interface RestoreReport extends RestoredSessions {
  readonly name: string;
  readonly switches: number;
  /** ISO 8601. */
  readonly savedAt: string;
  /** From the start of our process until all switches went on without pause, with the sessions that they had. */
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
  const { config, fabric, name, interrupted } = request;
  const runDir = config.RUN_DIR;
  checkStoredName("a snapshot", name);
  if (config.BACKEND === "netns") {
    throw new UsageError(
      "BACKEND=netns: snapshots are of switches that are virtual machines (BACKEND=qemu).",
    );
  }
  const manifest = slot<SnapshotManifest>();
  const site = slot<SnapshotSite>();
  const gone = slot<GoneOn>();
  const report = slot<RestoreReport>();
  let standing: string | undefined;
  const steps: Step[] = [
    {
      title: "Check the snapshot",
      run: async () => {
        manifest.set(await findSnapshot(host, config.STATE_DIR, name));
        const [found] = await checkTogether(
          findSnapshotSite(host, request),
          checkHostNetwork(host, fabric, config),
          checkBmcs(host, config),
          // Those that run make room.
          checkPorts(host, config, { all: fabric.nodes, vnc: fabric.nodes }),
        );
        site.set(found);
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
        standing = "the switches are off now; `ikvswitch up` starts them";
        return ended === 0 ? "nothing does" : `${ended} switches`;
      },
    },
    {
      title: "Build the host network",
      run: async (note) => {
        await clearFaults(host, fabric, qemuMachines(host, runDir));
        const result = await startHostNetwork(host, fabric, {
          ...(await hostNetworkSettings(host, config)),
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
        gone.set(await restoreSwitches(host, request, { manifest: manifest.get(), site: site.get() }, note));
        standing = "the switches go on; `ikvswitch up` completes what is left to do";
        return `${fabric.nodes.length} go on, and know what time it is`;
      },
    },
    {
      title: "Wait for routing to converge",
      run: async (note) => {
        const converged = await convergeRestored(host, request, gone.get(), note);
        const { sessions, keptSessions } = converged;
        const { savedAt } = manifest.get();
        const switches = fabric.nodes.length;
        report.set({ name, switches, savedAt, runningMs: Math.round(gone.get().atMs), ...converged });
        return `${switches} loopbacks answer, ${sessions} BGP sessions are established, ${keptSessions} of them never went down`;
      },
    },
    startBmcsStep(host, { ...request, kvm: () => site.get().acceleration.accelerator === "kvm" }),
  ];
  const { onWarning } = request;
  return {
    steps: guardSteps(steps, { interrupted, standing: () => standing, onWarning }),
    report: report.get,
  };
}
