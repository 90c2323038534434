import { stopAllSwitches } from "../backends/down.ts";
import type { Backends, DownReport } from "../backends/model/backend.ts";
import { stopBmcs } from "../bmc/stop.ts";
import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { summarizeStop } from "../host/format.ts";
import { stopHostNetwork } from "../host/stop.ts";
import { removeLogs } from "../nodes/log-folder.ts";
import type { Host } from "../system/host.ts";
import { leaveReadOnly } from "../system/leave-read-only.ts";
import type { Progress } from "../system/progress.ts";
import { vmsFolder, vmsRunFolder } from "../vms/folder.ts";
import { endVmGroups } from "../vms/limits.ts";
import { stopWithFabric } from "../vms/with-fabric.ts";
import { closeHostPorts } from "./host-ports.ts";
import { removeMemberNetworks } from "./member-networks.ts";

export interface DownRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly backends: Backends;
  /** Time for switches to shut themselves down before their power is cut. */
  readonly graceMs: number;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

/** Stops the switches and their BMCs; the host's network stays. */
export async function stopSwitches(ownHost: Host, request: DownRequest): Promise<void> {
  const { settings, fabric, progress, onWarning } = request;
  const host = leaveReadOnly(ownHost, onWarning);
  // First, so that no BMC powers a switch on again.
  await progress.step("Stop the switches' BMCs", () => stopBmcs(host, fabric, { runDir: settings.runDir }));
  await progress.step(
    "Shut down the switches",
    () => stopAllSwitches(host, settings.runDir, request),
    describeStopped,
  );
}

/** Removes everything: VMs in the racks, switches, BMCs, the host's network. */
export async function takeDown(host: Host, request: DownRequest): Promise<void> {
  const { settings, fabric, progress, onWarning, graceMs } = request;
  if ((await host.list(vmsFolder(settings.stateDir))).length > 0) {
    await progress.step(
      "Shut down the VMs in the racks",
      () => stopWithFabric(leaveReadOnly(host, onWarning), settings, graceMs),
      describeStopped,
    );
  }
  await closeHostPorts(leaveReadOnly(host, onWarning), settings);
  // Kills VMs that nothing else identifies.
  await endVmGroups(host, settings);
  await leaveReadOnly(host, onWarning).remove(vmsRunFolder(settings.runDir));
  await stopSwitches(host, request);
  await removeLogs(leaveReadOnly(host, onWarning), settings.runDir);
  await progress.step(
    "Remove the host network",
    async (note) =>
      fabric.cluster === undefined
        ? summarizeStop(
            await stopHostNetwork(host, fabric, {
              stateDir: settings.stateDir,
              onProgress: note,
              onWarning,
            }),
          )
        : removeMemberNetworks(host, request),
    (removed) => removed,
  );
}

function describeStopped(report: DownReport): string {
  const outcomes = Object.entries(report);
  const forced = outcomes.filter(([, outcome]) => outcome === "forced").map(([name]) => name);
  const cut =
    forced.length === 0
      ? ""
      : `, ${forced.length} of them powered off after the grace period: ${forced.join(", ")}`;
  return outcomes.length === 0 ? "none was running" : `${outcomes.length} stopped${cut}`;
}
