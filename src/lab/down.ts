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
import { tellOnFailure } from "../system/tell-on-failure.ts";
import { vmsFolder, vmsRunFolder } from "../vms/folder.ts";
import { endVmGroups } from "../vms/limits.ts";
import { stopWithFabric } from "../vms/with-fabric.ts";
import { closeHostPorts } from "./host-ports.ts";
import { prepareKeep } from "./keep-switches.ts";
import { removeMemberNetworks } from "./member-networks.ts";
import { describeSaved } from "./savable.ts";
import { settleOwed } from "./settle-owed.ts";

/** Switches that were kept for the next `up`. */
export interface KeptSwitches {
  readonly switches: number;
  readonly diskMiB: number;
}

export interface DownRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly backends: Backends;
  /** Time for switches to shut themselves down before their power is cut. */
  readonly graceMs: number;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

export interface DownKeptRequest extends DownRequest {
  readonly interrupted?: AbortSignal;
}

/** Stops the switches and their BMCs; the host's network stays. */
export async function stopSwitches(ownHost: Host, request: DownRequest): Promise<void> {
  const { settings, progress, onWarning } = request;
  const host = leaveReadOnly(ownHost, onWarning);
  await settleOwed(host, request);
  await stopBmcsFirst(host, request);
  await progress.step(
    "Shut down the switches",
    () => stopAllSwitches(host, settings.runDir, request),
    describeStopped,
  );
}

/** Before the switches, so that no BMC powers one on again. */
async function stopBmcsFirst(host: Host, { settings, fabric, progress }: DownRequest): Promise<void> {
  await progress.step("Stop the switches' BMCs", () => stopBmcs(host, fabric, { runDir: settings.runDir }));
}

/**
 * Removes everything: VMs in the racks, switches, BMCs, the host's network. What is left on members that don't answer
 * is recorded (demandNothingOwed).
 */
export async function takeDown(host: Host, request: DownRequest): Promise<void> {
  await removeAll(host, request, () => stopSwitches(host, request));
}

/**
 * Does the same, but keeps the state of the switches for the next `up`. Nothing is stopped before it is known that they
 * can be kept.
 */
export async function takeDownKept(host: Host, request: DownKeptRequest): Promise<KeptSwitches> {
  const { settings, fabric, progress, onWarning } = request;
  const prepared = await prepareKeep(host, request);
  let diskMiB = 0;
  await removeAll(host, request, async () => {
    await stopBmcsFirst(leaveReadOnly(host, onWarning), request);
    const saved = await tellOnFailure(
      onWarning,
      "the switches still run; 'ikvswitch up' starts their BMCs, and the VMs in the racks",
      progress.step("Save the switches", prepared.keep, describeSaved),
    );
    diskMiB = saved.diskMiB;
    // A clean shutdown would only change what was saved.
    const now = { ...request, graceMs: 0 };
    await progress.step(
      "Stop the switches",
      () => stopAllSwitches(leaveReadOnly(host, onWarning), settings.runDir, now),
      (stopped) => `${Object.keys(stopped).length} stopped`,
    );
  });
  return { switches: fabric.nodes.length, diskMiB };
}

async function removeAll(host: Host, request: DownRequest, stopAll: () => Promise<void>): Promise<void> {
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
  await stopAll();
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
