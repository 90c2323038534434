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
import type { FabricFolders } from "./other-fabric.ts";
import { probeNewLink } from "./probe/probe-link.ts";
import { extendRecord, type HostBefore, readRecord, recordPath } from "./record.ts";
import { observeReadyHost } from "./requirements.ts";
import { dnsServers } from "./resolvers.ts";
import { undoStart } from "./undo.ts";
import { portsDown, withoutFaults } from "./without-faults.ts";

/** What of the configuration counts for the host's network besides the plan. */
export interface HostNetworkSettings extends FabricFolders {
  /** Those that switches and servers are told of. */
  readonly dnsServers: readonly Address[];
}

export async function hostNetworkSettings(host: Host, settings: Settings): Promise<HostNetworkSettings> {
  return {
    stateDir: settings.stateDir,
    runDir: settings.runDir,
    dnsServers: await dnsServers(host, settings),
  };
}

/** In `stateDir` is remembered how the host was. */
export interface HostNetworkOptions extends Partial<ApplyOptions>, HostNetworkSettings {
  /** Say what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** Leave links that are down, silent or impaired as they are: somebody wants them so. */
  readonly keepFaults?: boolean;
  /** Taps where it is not said. */
  readonly switchPorts?: SwitchPorts;
  /** What was found when it was checked, unless something was done to the network since. */
  readonly checked?: CheckedNetwork | undefined;
}

/** A network that could be built, as it was at a moment. */
export interface CheckedNetwork {
  readonly observed: ObservedNetwork;
  /** By our process's clock. */
  readonly atMs: number;
}

/** What is older is read again: others may have changed the network while an image was built. */
const FRESH_MS = 3_000;

export interface StartResult {
  /** What was different from the plan; empty where nothing was. */
  readonly changes: readonly Change[];
  /** What was done, or with `dryRun` would be. */
  readonly phases: readonly Phase[];
}

/** How often to look again when something happened to the network while it was being changed. */
const ATTEMPTS = 3;

/**
 * Make the host's network what the plan says: create what is missing, put right what is different, remove what is
 * ours and not in the plan. Changes nothing where all is as planned.
 *
 * @throws PreflightError before anything is changed, where the host lacks something or something is in the way.
 * @throws CommandError after what was done has been undone.
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
 * Whether the host's network could be built now. Changes nothing.
 * @throws PreflightError with what the host lacks, and what of others is in the way.
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
  if (changes.length === 0) {
    return { changes, phases: [] };
  }
  const newRecord = await extendRecord(host, fabric, observed, record);
  return {
    changes,
    phases: [
      ...(newRecord === null ? [] : [rememberPhase(stateDir, newRecord)]),
      ...changePhases(fabric, changes, observed.ipv6, keepFaults ? portsDown(fabric, observed) : []),
    ],
  };
}

/**
 * What differs from the plan.
 * @throws PreflightError where something of others is in the way.
 */
function planChanges(
  fabric: Fabric,
  observed: ObservedNetwork,
  { stateDir, runDir, dnsServers: servers, switchPorts = TAPS }: HostNetworkOptions,
): readonly Change[] {
  refuse(findConflicts(fabric, observed, servers));
  const desired = desiredNetwork(fabric, observed, {
    snatAddress: snatAddress(fabric, observed),
    folders: { stateDir, runDir },
    switchPorts,
  });
  return diffNetwork(fabric, desired, observed).flatMap(withoutVeths);
}

/** A veth comes with its switch's netns alone. What has taken its place goes. */
function withoutVeths(change: Change): readonly Change[] {
  if ((change.kind !== "add-device" && change.kind !== "replace-device") || change.device.kind !== "veth") {
    return [change];
  }
  return change.kind === "add-device" ? [] : [{ kind: "remove-device", name: change.device.name }];
}

/** Without a way to the internet and without an address in the configuration, there is a conflict instead. */
export function snatAddress(fabric: Fabric, observed: ObservedNetwork): string {
  const configured = fabric.host.snatAddress;
  return String(configured === "auto" ? (observed.uplinkAddress ?? "") : configured);
}

function rememberPhase(stateDir: string, record: HostBefore): Phase {
  const content = `${JSON.stringify(record, null, 2)}\n`;
  return {
    title: "Record the host's settings",
    actions: [{ kind: "write-file", path: recordPath(stateDir), content, mode: 0o600 }],
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
      apply.onProgress("Another program changed the network: retry");
      const [observed, record] = await Promise.all([
        observeNetwork(host, fabric),
        readRecord(host, options.stateDir),
      ]);
      next = await planStart(host, fabric, observed, record, options);
    }
  }
}

/** What ip, tee, nft and iptables say about a thing that came or went since we looked. */
function isRace(error: unknown): boolean {
  return (
    error instanceof CommandError &&
    /File exists|Device or resource busy|Cannot find device|No such device|No such process|No such file|does not exist|does a matching rule exist/.test(
      error.stderr,
    )
  );
}
