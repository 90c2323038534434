import { findBackend } from "../backends/find.ts";
import type { Backend, Backends, Preflight, UpRequest } from "../backends/model/backend.ts";
import type { BmcPrograms } from "../bmc/plan.ts";
import { observeFaults } from "../faults/active-faults.ts";
import { healthyPart } from "../faults/healthy-part.ts";
import { clearFaults } from "../faults/restore.ts";
import { summarizeStart } from "../host/format.ts";
import { type CheckedNetwork, hostNetworkSettings, startHostNetwork } from "../host/start.ts";
import { type LostMember, switchesOn } from "../hosts/lost-members.ts";
import { networkHosts } from "../hosts/network-host.ts";
import { waitForConvergence } from "../nodes/converge.ts";
import type { NodeOutcome } from "../nodes/outcome.ts";
import { runnableFabric } from "../nodes/runs-plan.ts";
import type { Host } from "../system/host.ts";
import type { Note } from "../system/progress.ts";
import { startWithFabric, vmsToStart } from "../vms/with-fabric.ts";
import { warnOfBadFragments } from "./check-fragments.ts";
import { checkHosts } from "./check-hosts.ts";
import { stopSwitches } from "./down.ts";
import { checkHostPortsFree, openHostPorts } from "./host-ports.ts";
import { buildMemberNetworks } from "./member-networks.ts";
import { discardSavedFabrics } from "./saved-fabrics.ts";
import { settleOwed } from "./settle-owed.ts";
import { startAllBmcs } from "./start-bmcs.ts";
import { stopOtherBackend } from "./stop-other.ts";

export interface BringUpRequest extends UpRequest {
  readonly backends: Backends;
  readonly bmcPrograms: BmcPrograms;
  /** Keeps the configuration for later commands. Called before anything is changed. */
  readonly remember: () => Promise<void>;
}

/** Result for each switch, by name. */
export type Outcomes = Readonly<Record<string, NodeOutcome>>;

export interface UpResult {
  /** Of the switches that were brought up. */
  readonly outcomes: Outcomes;
  /** Members that don't answer: their switches are missing. */
  readonly lost: readonly LostMember[];
}

/** Does everything that `up` does: builds the host's network, starts the switches, and starts their BMCs. */
export async function bringUp(host: Host, request: BringUpRequest): Promise<UpResult> {
  const backend = await findBackend(request.backends, request.settings.backend);
  checkHosts(backend, request.fabric);
  await checkHostPortsFree(host, request.fabric, request.settings);
  const ready = await backend.preflight(host, request);
  return complete(host, request, backend, ready);
}

/** Stops the switches and brings them up. Nothing is stopped before it is known that it can be started again. */
export async function restart(
  host: Host,
  request: BringUpRequest & { readonly graceMs: number },
): Promise<UpResult> {
  const backend = await findBackend(request.backends, request.settings.backend);
  checkHosts(backend, request.fabric);
  await checkHostPortsFree(host, request.fabric, request.settings);
  const ready = await backend.preflight(host, { ...request, afterStop: true });
  await stopSwitches(host, request);
  // Without the checked network, which still had their ports.
  return complete(host, request, backend, { up: ready.up, lost: ready.lost ?? [] });
}

async function complete(
  host: Host,
  request: BringUpRequest,
  backend: Backend,
  ready: Pick<Preflight, "up"> & Partial<Preflight>,
): Promise<UpResult> {
  const { progress, timeoutMs } = request;
  const lost = ready.lost ?? [];
  await request.remember();
  await settleOwed(host, request);
  if (request.fresh) {
    await discardSavedFabrics(host, request);
  }
  await progress.step(
    "Set up the host network",
    (note) =>
      request.fabric.cluster === undefined
        ? buildNetwork(host, request, backend, ready.network, note)
        : buildMemberNetworks(host, { ...request, lost }, backend),
    (outcome) => outcome,
  );
  await openHostPorts(host, request);
  const deadline = Date.now() + timeoutMs;
  const started = await ready.up(deadline);
  try {
    if (!started.hasConverged) {
      await waitForRouting(host, { ...request, lost }, backend, deadline);
    }
    await started.saveConverged?.();
  } finally {
    started.startServices();
  }
  await checkFragments(host, backend, { ...request, lost });
  await startAllBmcs(host, backend, request);
  await startVms(host, backend, request);
  return { outcomes: started.outcomes, lost };
}

type Reduced = BringUpRequest & Pick<UpResult, "lost">;

async function waitForRouting(
  host: Host,
  request: Reduced,
  backend: Backend,
  deadline: number,
): Promise<void> {
  await request.progress.step(
    "Wait for routing to converge",
    (note) => converge(host, request, backend, deadline, note),
    ({ nodes, sessions }) =>
      `${nodes.length} loopbacks answer, ${sessions.length} BGP sessions are established`,
  );
}

async function checkFragments(
  host: Host,
  backend: Backend,
  { settings, fabric, lost, onWarning }: Reduced,
): Promise<void> {
  const machines = await backend.nodes(host, settings.runDir);
  const missing = switchesOn(fabric, lost);
  await warnOfBadFragments(host, { startupDir: settings.startupDir, fabric, missing, machines, onWarning });
}

/** Starts the VMs in the racks that ran when the fabric went down. */
async function startVms(
  host: Host,
  backend: Backend,
  { settings, fabric, product, progress, onWarning }: BringUpRequest,
): Promise<void> {
  const vms = await vmsToStart(host, settings);
  if (vms.length === 0) {
    return;
  }
  const machines = await backend.nodes(host, settings.runDir);
  const request = { settings, fabric: runnableFabric({ machines, fabric }), guest: product.guest, onWarning };
  await progress.step(
    "Start the VMs in the racks",
    () => startWithFabric(host, request, vms),
    (names) => `${names.length} started`,
  );
}

async function buildNetwork(
  host: Host,
  request: BringUpRequest,
  backend: Backend,
  checked: CheckedNetwork | undefined,
  note: Note,
): Promise<string> {
  const { settings, fabric, interrupted, keepFaults, onWarning } = request;
  const stopped = await stopOtherBackend(host, request);
  const machines = await backend.nodes(host, settings.runDir);
  const hosts = await networkHosts(host, fabric, settings);
  const cleared = keepFaults ? 0 : await clearFaults(hosts, fabric, machines);
  const started = await startHostNetwork(host, fabric, {
    ...(await hostNetworkSettings(host, settings)),
    switchPorts: await backend.switchPorts(host, settings.runDir),
    keepFaults,
    // Stopping switches or clearing faults has changed the network.
    checked: stopped + cleared === 0 ? checked : undefined,
    onProgress: note,
    onWarning,
    interrupted,
  });
  return [
    summarizeStart(started),
    ...(stopped === 0 ? [] : [`stopped ${stopped} switches of another backend`]),
    ...(cleared === 0 ? [] : [`cleared ${cleared} faults`]),
    ...(started.outsideRoute === null
      ? []
      : [`the router of the network outside needs: ${started.outsideRoute}`]),
  ].join("; ");
}

/**
 * Waits until everything that can converge has. Parts with injected faults, and what is on lost members or reached only
 * by these, are not waited for.
 * @returns the part of the fabric that has converged.
 */
async function converge(
  host: Host,
  { settings, fabric, timeoutMs, interrupted, keepFaults, lost }: Reduced,
  backend: Backend,
  deadline: number,
  note: Note,
) {
  const machines = await backend.nodes(host, settings.runDir);
  const hosts = await networkHosts(host, fabric, settings);
  const faults = keepFaults ? await observeFaults(hosts, fabric, machines) : { links: [], frozen: [] };
  const frozen = [...faults.frozen, ...switchesOn(fabric, lost)];
  const isWhole = faults.links.length + frozen.length === 0;
  const expected = isWhole ? fabric : healthyPart(fabric, { ...faults, frozen });
  await waitForConvergence(host, machines, expected, {
    ...(interrupted === undefined ? {} : { interrupted }),
    deadline,
    timeoutMs,
    note,
  });
  return expected;
}
