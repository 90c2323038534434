import type { Settings } from "../config/settings.ts";
import { CommandError, type MissingRequirement, PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";
import { type ApplyOptions, applyPhases } from "./apply.ts";
import type { Change } from "./changes.ts";
import { checkHostRoom } from "./check-room.ts";
import { changePhases } from "./commands.ts";
import { findConflicts, networksInside } from "./conflicts.ts";
import { desiredNetwork } from "./desired.ts";
import { diffNetwork } from "./diff.ts";
import { lockedFirewalls } from "./firewall/locked.ts";
import type { Phase } from "./model/actions.ts";
import type { ObservedNetwork } from "./model/observed.ts";
import { type SwitchPorts, TAPS } from "./model/switch-ports.ts";
import { observeNetwork } from "./observe.ts";
import { outsideRoute } from "./outside-route.ts";
import { probeNewLink } from "./probe/probe-link.ts";
import { extendRecord, formatRecord, type HostBefore, readRecord, recordPath } from "./record.ts";
import { observeReadyHost } from "./requirements.ts";
import { dnsServers } from "./resolvers.ts";
import { undoStart } from "./undo.ts";
import { portsDown, withoutFaults } from "./without-faults.ts";

/** Settings for the host's network, besides the plan. */
export interface HostNetworkSettings {
  /** Folder of the record of the host's own settings. */
  readonly stateDir: string;
  /** DNS servers of switches and servers. */
  readonly dnsServers: readonly Address[];
}

export async function hostNetworkSettings(host: Host, settings: Settings): Promise<HostNetworkSettings> {
  return {
    stateDir: settings.stateDir,
    dnsServers: await dnsServers(host, settings),
  };
}

/** Options of a start. */
export interface HostNetworkOptions extends Partial<ApplyOptions>, HostNetworkSettings {
  /** Report the changes without making them. */
  readonly dryRun?: boolean;
  /** Leave links that are down, blackholed or impaired as they are: these are injected faults. */
  readonly keepFaults?: boolean;
  /** Taps by default. */
  readonly switchPorts?: SwitchPorts;
  /** State of the network at an earlier check; undefined if the network was changed since. */
  readonly checked?: CheckedNetwork | undefined;
}

/** Observed state of a network that could be built, with its time. */
export interface CheckedNetwork {
  readonly observed: ObservedNetwork;
  /** By our process's clock. */
  readonly atMs: number;
}

/**
 * Age limit of a checked state, which is then read again: others may have changed the network while an image was built.
 */
const FRESH_MS = 3_000;

export interface StartResult {
  /** Differences from the plan; empty if there were none. */
  readonly changes: readonly Change[];
  /** Phases that were run, or with `dryRun` would be. */
  readonly phases: readonly Phase[];
  /** The command that the router outside needs for its route to the fabric; null if it needs none. */
  readonly outsideRoute: string | null;
}

/** Limit on attempts, for another program that changes the network at the same time. */
const ATTEMPTS = 3;

/**
 * Makes the host's network match the plan: creates missing items, corrects different ones, and removes those of ours
 * that are not in the plan. Changes nothing if everything is as planned.
 *
 * @throws PreflightError before anything is changed, if the host lacks a requirement or there is a conflict.
 * @throws CommandError after the changes have been undone.
 */
export async function startHostNetwork(
  host: Host,
  fabric: Fabric,
  options: HostNetworkOptions,
): Promise<StartResult> {
  const apply: ApplyOptions = { onProgress: () => {}, onWarning: () => {}, ...options };
  const [before, record] = await Promise.all([
    isFresh(options.checked) ? options.checked.observed : observeReadyHost(host, fabric, "build"),
    readRecord(host, options.stateDir),
  ]);
  const first = await planStart(host, fabric, before, record, options);
  networksInside(fabric, before).forEach(apply.onWarning);
  for (const { what, why, fix } of await lockedFirewalls(host, fabric, before.firewall)) {
    apply.onWarning(`${what}: ${why}; ${fix}`);
  }
  if (options.dryRun) {
    return first;
  }
  if (first.changes.length === 0) {
    refuse(await probeNewLink(host, fabric, before));
    return first;
  }
  await checkHostRoom(host, options.stateDir, first.phases);
  try {
    await host.makeDirectory(options.stateDir, 0o700);
    await applyWithRetries(host, fabric, first, options, apply);
    refuse(await probeNewLink(host, fabric, before));
    return first;
  } catch (error) {
    apply.onProgress("Undo the changes");
    try {
      await undoStart(host, fabric, before, record, options.stateDir, apply);
    } catch (undoError) {
      apply.onWarning(
        `could not undo all changes: ${undoError instanceof Error ? undoError.message : undoError}`,
      );
    }
    throw error;
  }
}

function isFresh(checked: CheckedNetwork | undefined): checked is CheckedNetwork {
  return checked !== undefined && performance.now() - checked.atMs < FRESH_MS;
}

/**
 * Checks that the host's network could be built now. Changes nothing.
 * @throws PreflightError with the requirements that the host lacks, and conflicts with others.
 */
export async function checkHostNetwork(
  host: Host,
  fabric: Fabric,
  settings: Settings,
): Promise<CheckedNetwork> {
  const atMs = performance.now();
  const [observed, network] = await Promise.all([
    observeReadyHost(host, fabric, "build"),
    hostNetworkSettings(host, settings),
  ]);
  planChanges(fabric, observed, network);
  return { observed, atMs };
}

function refuse(problems: readonly MissingRequirement[]): void {
  if (problems.length > 0) {
    throw new PreflightError(problems);
  }
}

async function planStart(
  host: Host,
  fabric: Fabric,
  observed: ObservedNetwork,
  record: HostBefore | null,
  options: HostNetworkOptions,
): Promise<StartResult> {
  const { stateDir, keepFaults = false } = options;
  const all = planChanges(fabric, observed, options);
  const changes = keepFaults ? withoutFaults(all) : all;
  const route = outsideRoute(fabric, snatAddress(fabric, observed));
  if (changes.length === 0) {
    return { changes, phases: [], outsideRoute: route };
  }
  const newRecord = await extendRecord(host, fabric, observed, record);
  return {
    changes,
    outsideRoute: route,
    phases: [
      ...(newRecord === null ? [] : [rememberPhase(stateDir, newRecord)]),
      ...changePhases(fabric, changes, observed.ipv6, keepFaults ? portsDown(fabric, observed) : []),
    ],
  };
}

/**
 * Returns the differences from the plan.
 * @throws PreflightError if there is a conflict with others.
 */
function planChanges(
  fabric: Fabric,
  observed: ObservedNetwork,
  { dnsServers: servers, switchPorts = TAPS }: HostNetworkOptions,
): readonly Change[] {
  refuse(findConflicts(fabric, observed, servers));
  const desired = desiredNetwork(fabric, observed, {
    snatAddress: snatAddress(fabric, observed),
    switchPorts,
  });
  return diffNetwork(fabric, desired, observed).flatMap(withoutVeths);
}

/**
 * Leaves out the creation of veths, which are created with their switch's netns. A wrong device in their place is
 * removed.
 */
function withoutVeths(change: Change): readonly Change[] {
  if ((change.kind !== "add-device" && change.kind !== "replace-device") || change.device.kind !== "veth") {
    return [change];
  }
  return change.kind === "add-device" ? [] : [{ kind: "remove-device", name: change.device.name }];
}

/**
 * Returns the SNAT address; empty if none is configured and the host has no route to the internet, which is reported as
 * a conflict.
 */
export function snatAddress(fabric: Fabric, observed: ObservedNetwork): string {
  const configured = fabric.host.snatAddress;
  return String(configured === "auto" ? (observed.uplinkAddress ?? "") : configured);
}

function rememberPhase(stateDir: string, record: HostBefore): Phase {
  return {
    title: "Record the host's settings",
    actions: [{ kind: "write-file", path: recordPath(stateDir), content: formatRecord(record), mode: 0o600 }],
  };
}

async function applyWithRetries(
  host: Host,
  fabric: Fabric,
  first: StartResult,
  options: HostNetworkOptions,
  apply: ApplyOptions,
): Promise<void> {
  let next = first;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await applyPhases(host, next.phases, apply);
    } catch (error) {
      if (attempt === ATTEMPTS || !isRace(error)) {
        throw error;
      }
      apply.onProgress("Another program changed the network; retrying");
      const [observed, record] = await Promise.all([
        observeNetwork(host, fabric),
        readRecord(host, options.stateDir),
      ]);
      next = await planStart(host, fabric, observed, record, options);
    }
  }
}

/**
 * Reports whether the error of ip, tee, nft or iptables is about an item that appeared or vanished since it was
 * observed.
 */
function isRace(error: unknown): boolean {
  return (
    error instanceof CommandError &&
    /File exists|Device or resource busy|Cannot find device|No such device|No such process|No such file|does not exist|does a matching rule exist/.test(
      error.stderr,
    )
  );
}
