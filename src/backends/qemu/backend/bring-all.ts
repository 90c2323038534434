import { logFolder, mountLogs } from "../../../nodes/log-folder.ts";
import type { NodeOutcome } from "../../../nodes/outcome.ts";
import { type NodeStates, tellStates } from "../../../nodes/tell-states.ts";
import { mapAtOnce } from "../../../system/at-once.ts";
import type { Host } from "../../../system/host.ts";
import type { Note } from "../../../system/progress.ts";
import { settleAll } from "../../../system/settle-all.ts";
import { makeLogFolders } from "../logs.ts";
import { memoryCopies } from "../memory-copies.ts";
import { isToStart, type NodeWork } from "../prepare.ts";
import type { ReadyClone } from "../warm-base/clone.ts";
import type { CloneSource } from "../warm-base/provide.ts";
import { startAfterRouting } from "../warm-base/start-after-routing.ts";
import { bringNode, cloneNode } from "./bring.ts";

export interface BringAllOptions {
  readonly runDir: string;
  readonly vncPassword: string;
  /**
   * Number of VMs to bring up at a time. Emulated VMs that boot on a shared processor slow each other down by more than
   * half, because each still gets its 250 timer interrupts a second. Nine on two processors took 79 s together, but 54
   * s two at a time.
   */
  readonly atOnce: number;
  /** Clone sources of the nodes to be started; nodes without a source boot. */
  readonly sources: ReadonlyMap<string, CloneSource>;
  /** If true, a node with a source that can't be cloned is a failure; otherwise it boots instead. */
  readonly mustClone: boolean;
  /** Called with the reason why a node boots instead of being cloned. */
  readonly onWarning: (text: string) => void;
  /** Time limit, in ms since the epoch. */
  readonly deadline: number;
  readonly interrupted?: AbortSignal;
  /** Called with the progress: `3 of 9 are ready`, and of each node. */
  readonly note: Note;
}

export interface Brought {
  readonly outcomes: Readonly<Record<string, NodeOutcome>>;
  /**
   * Starts the services that clones delay because they would slow down routing. Call it when the fabric has converged.
   */
  readonly startServices: () => void;
}

/**
 * Brings all nodes to the planned state: clones first, then the others in their order, some at a time. After the first
 * failure, the waiting ones are not touched.
 */
export async function bringAll(
  host: Host,
  work: readonly NodeWork[],
  options: BringAllOptions,
): Promise<Brought> {
  const { interrupted, deadline } = options;
  const outcomes: Record<string, NodeOutcome> = {};
  const { begin, done } = tellStates(
    work.map(({ node }) => node.name),
    outcomes,
    options.note,
  );
  await makeLogs(host, work, options);
  const { clones, waiting } = await cloneAll(host, work, options, { begin, done });
  const startServices = () => startAfterRouting(clones, options.atOnce);
  const bringNext = async (next: NodeWork): Promise<void> => {
    interrupted?.throwIfAborted();
    const timeoutMs = Math.max(1, deadline - Date.now());
    begin(next.node.name, isToStart(next) ? "booting" : next.action === "keep" ? "kept" : "updating");
    done(next.node.name, await bringNode(host, next, { ...options, timeoutMs }));
  };
  try {
    await mapAtOnce(waiting, options.atOnce, bringNext);
  } catch (error) {
    startServices();
    throw error;
  }
  return { outcomes, startServices };
}

/** Makes the log folders of all nodes: the BMC of a VM that an earlier version started needs them too. */
async function makeLogs(
  host: Host,
  work: readonly NodeWork[],
  { runDir, onWarning }: Pick<BringAllOptions, "runDir" | "onWarning">,
): Promise<void> {
  if (!(await mountLogs(host, runDir))) {
    onWarning(
      `${logFolder(runDir)} cannot be a file system of its own, because root may not mount here: a switch that logs ` +
        `too much can fill the file system of ${runDir}`,
    );
  }
  const [user] = work.map(({ launch }) => launch.user);
  if (user !== undefined) {
    await makeLogFolders(
      host,
      user,
      work.map(({ folder }) => folder),
    );
  }
}

/**
 * Clones all nodes that have a source, some at a time, and resumes all clones together once each is ready, since before
 * that they would only wait for each other. `waiting`: the other nodes, in their order, which must be brought up in
 * another way.
 */
async function cloneAll(
  host: Host,
  work: readonly NodeWork[],
  options: BringAllOptions,
  { begin, done }: NodeStates,
): Promise<{ readonly clones: readonly ReadyClone[]; readonly waiting: readonly NodeWork[] }> {
  const left = new Set(work);
  const clones: ReadyClone[] = [];
  const copies = memoryCopies(host);
  const clone = async (next: NodeWork): Promise<void> => {
    const { name } = next.node;
    const source = options.sources.get(name);
    options.interrupted?.throwIfAborted();
    if (source === undefined || !isToStart(next)) {
      return;
    }
    const timeoutMs = Math.max(1, options.deadline - Date.now());
    begin(name, "cloning");
    try {
      clones.push(await cloneNode(host, next, source, { ...options, timeoutMs, copies }));
      left.delete(next);
      done(name, "cloned");
    } catch (error) {
      if (options.mustClone || options.interrupted?.aborted) {
        throw error;
      }
      options.onWarning(`${name} could not be cloned, booting instead: ${reasonOf(error)}`);
    }
  };
  try {
    await mapAtOnce(work, options.atOnce, clone);
  } finally {
    await settleAll([...clones.map(({ resume }) => resume()), copies.end()]);
  }
  return { clones, waiting: [...left] };
}

/** Returns the error's message in one line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, "; ");
}
