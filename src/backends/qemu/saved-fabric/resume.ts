import { CommandError, TimeoutError } from "../../../errors.ts";
import { formatTime } from "../../../format/time.ts";
import { convergeRestored, summarizeRestored } from "../../../nodes/converge-restored.ts";
import type { Host } from "../../../system/host.ts";
import type { Note } from "../../../system/progress.ts";
import type { Started, UpRequest } from "../../model/backend.ts";
import { killMachines } from "../down.ts";
import { qemuMachines } from "../machines.ts";
import { type ResumedSwitches, restoreSwitches } from "../snapshot/restore-switches.ts";
import { startAfterRouting } from "../warm-base/start-after-routing.ts";
import type { ResumableFabric } from "./find.ts";
import { removeSavedFabric } from "./store.ts";

/** Most time for the sessions of resumed switches that went down to be established again. */
const CONVERGE_MS = 60_000;

interface ResumeOptions {
  /** Number of switches that start their services after routing at the same time. */
  readonly atOnce: number;
  /** In ms since the epoch. */
  readonly deadline: number;
}

/** Resumed switches, and a line about them. */
interface Resumption extends Started {
  readonly summary: string;
}

/**
 * Resumes the switches of a saved fabric, none of which runs.
 * @returns undefined if those of a warm fabric can't resume, of which the user is warned; all are off then.
 * @throws CommandError, TimeoutError, InterruptedError if those of a kept fabric can't.
 */
export function resumeFabric(
  host: Host,
  request: UpRequest,
  saved: ResumableFabric,
  options: ResumeOptions,
): Promise<Started | undefined> {
  const resume = saved.kind === "kept" ? resumeKept : tryWarm;
  return request.progress.step(
    "Resume the switches",
    (note) => resume(host, request, saved, options, note),
    (resumed) => resumed?.summary ?? "they will be cloned",
  );
}

async function resumeKept(
  host: Host,
  request: UpRequest,
  saved: ResumableFabric,
  { deadline }: ResumeOptions,
  note: Note,
): Promise<Resumption> {
  const { settings, onWarning } = request;
  const resumed = await restore(host, request, saved, note);
  // From here on the switches have this state themselves: it must not return at a later `up`.
  await removeSavedFabric(host, settings.stateDir, "kept");
  const summary = await converge(host, request, resumed, deadline, note).catch((error: unknown) => {
    if (!isFailure(error)) {
      throw error;
    }
    // The user may have changed anything in the switches before.
    onWarning(`the kept switches have resumed, but not all is as planned: ${error.message}`);
    return "not all is as planned";
  });
  return { ...describe(saved, summary), startServices: () => {} };
}

async function tryWarm(
  host: Host,
  request: UpRequest,
  saved: ResumableFabric,
  { atOnce, deadline }: ResumeOptions,
  note: Note,
): Promise<Resumption | undefined> {
  try {
    const resumed = await restore(host, request, saved, note);
    const summary = await converge(host, request, resumed, deadline, note);
    return {
      ...describe(saved, summary),
      startServices: () => startAfterRouting(resumed.channels, atOnce),
    };
  } catch (error) {
    if (request.interrupted?.aborted || !isFailure(error)) {
      throw error;
    }
    await killMachines(host, request.settings.runDir);
    request.onWarning(`the switches of the warm fabric cannot resume, cloning instead: ${error.message}`);
    return undefined;
  }
}

function describe({ work, manifest }: ResumableFabric, summary: string) {
  const outcomes = work.map(({ node }) => [node.name, "resumed"] as const);
  return {
    outcomes: Object.fromEntries(outcomes),
    hasConverged: true,
    summary: `${work.length} saved at ${formatTime(manifest.savedAt)}; ${summary}`,
  };
}

function restore(
  host: Host,
  { settings, interrupted, timeoutMs }: UpRequest,
  saved: ResumableFabric,
  note: Note,
): Promise<ResumedSwitches> {
  const options = { settings, attachedVms: [], timeoutMs };
  return restoreSwitches(
    host,
    interrupted === undefined ? options : { ...options, interrupted },
    saved,
    note,
  );
}

async function converge(
  host: Host,
  { settings, fabric, interrupted, onWarning }: UpRequest,
  { atMs, ranMs, endPrecedence }: ResumedSwitches,
  deadline: number,
  note: Note,
): Promise<string> {
  const timeoutMs = Math.max(1, Math.min(CONVERGE_MS, deadline - Date.now()));
  const restored = { fabric, atMs, ranMs, timeoutMs, onWarning };
  const options = interrupted === undefined ? restored : { ...restored, interrupted };
  const machines = qemuMachines(host, settings.runDir);
  const found = await convergeRestored(host, machines, options, note).finally(endPrecedence);
  return summarizeRestored(fabric, found);
}

function isFailure(error: unknown): error is CommandError | TimeoutError {
  return error instanceof CommandError || error instanceof TimeoutError;
}
