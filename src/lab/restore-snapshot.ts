import { findBackend } from "../backends/find.ts";
import type { Backend, Backends } from "../backends/model/backend.ts";
import type { PreparedRestore, Resumed, SnapshotRestoreRequest } from "../backends/model/snapshots.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { clearFaults } from "../faults/restore.ts";
import { summarizeStart } from "../host/format.ts";
import { hostNetworkSettings, type StartResult, startHostNetwork } from "../host/start.ts";
import { networkHosts } from "../hosts/network-host.ts";
import { convergeRestored, type RestoredSessions, summarizeRestored } from "../nodes/converge-restored.ts";
import type { Host } from "../system/host.ts";
import { type Note, type Progress, untilInterrupted } from "../system/progress.ts";
import { checkStoredName } from "../system/stored-name.ts";
import { tellOnFailure } from "../system/tell-on-failure.ts";
import { endSwitches } from "./end-switches.ts";
import { checkHostPortsFree, openHostPorts } from "./host-ports.ts";
import { demandSnapshots } from "./snapshots.ts";
import { startAllBmcs } from "./start-bmcs.ts";

export interface RestoreRequest extends SnapshotRestoreRequest {
  readonly backends: Backends;
  readonly bmcPrograms: BmcPrograms;
  readonly progress: Progress;
}

export interface RestoreReport extends RestoredSessions {
  readonly name: string;
  readonly switches: number;
  /** ISO 8601. */
  readonly savedAt: string;
  /** From the start of our process until all switches ran without pause, with the sessions that they had. */
  readonly runningMs: number;
}

/**
 * Replaces the running switches by a saved fabric. All problems that can be detected are reported before anything is
 * changed.
 */
export async function restoreSnapshot(host: Host, request: RestoreRequest): Promise<RestoreReport> {
  const { settings, fabric, name, backends, onWarning } = request;
  const progress = untilInterrupted(request.progress, request.interrupted);
  checkStoredName("a snapshot", name);
  const backend = await findBackend(backends, settings.backend);
  const snapshots = await demandSnapshots(backend, backends);
  const switches = fabric.nodes.length;
  await checkHostPortsFree(host, fabric, settings);
  const prepared = await progress.step(
    "Check the snapshot",
    () => snapshots.prepareRestore(host, request),
    ({ savedAt }) => `${switches} switches, saved at ${savedAt}`,
  );
  await progress.step(
    "Stop running switches",
    () => endSwitches(host, fabric, { runDir: settings.runDir, backends, graceMs: 0, onWarning }),
    (ended) => (ended === 0 ? "none was running" : `stopped ${ended} switches`),
  );
  const resumed = await tellOnFailure(
    onWarning,
    "the switches are off; run 'ikvswitch up' to start them",
    startSaved(host, { ...request, progress }, backend, prepared),
  );
  const sessions = await tellOnFailure(
    onWarning,
    "the switches run; run 'ikvswitch up' to complete the restore",
    completeRestored(host, { ...request, progress }, backend, resumed),
  );
  return {
    name,
    switches,
    savedAt: prepared.savedAt,
    runningMs: Math.round(resumed.atMs),
    ...sessions,
  };
}

async function startSaved(
  host: Host,
  request: RestoreRequest,
  backend: Backend,
  prepared: PreparedRestore,
): Promise<Resumed> {
  const { fabric, progress } = request;
  await progress.step(
    "Set up the host network",
    (note) => buildNetwork(host, request, backend, note),
    summarizeStart,
  );
  await openHostPorts(host, request);
  return progress.step(
    "Restore the switches",
    (note) => prepared.restore(note),
    () => `${fabric.nodes.length} switches resumed, clocks synchronized`,
  );
}

async function completeRestored(
  host: Host,
  request: RestoreRequest,
  backend: Backend,
  resumed: Resumed,
): Promise<RestoredSessions> {
  const { settings, fabric, progress } = request;
  const converged = await progress.step(
    "Wait for routing to converge",
    async (note) => {
      const machines = await backend.nodes(host, settings.runDir);
      const restored = { ...request, atMs: resumed.atMs, ranMs: resumed.ranMs };
      return convergeRestored(host, machines, restored, note).finally(() => resumed.endPrecedence());
    },
    (restored) => summarizeRestored(fabric, restored),
  );
  await startAllBmcs(host, backend, request);
  return converged;
}

async function buildNetwork(
  host: Host,
  { settings, fabric, interrupted, onWarning }: RestoreRequest,
  backend: Backend,
  note: Note,
): Promise<StartResult> {
  const hosts = await networkHosts(host, fabric, settings);
  await clearFaults(hosts, fabric, await backend.nodes(host, settings.runDir));
  return startHostNetwork(host, fabric, {
    ...(await hostNetworkSettings(host, settings)),
    switchPorts: await backend.switchPorts(host, settings.runDir),
    keepFaults: false,
    onProgress: note,
    onWarning,
    interrupted,
  });
}
