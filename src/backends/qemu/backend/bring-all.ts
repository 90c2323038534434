import { logFolder, mountLogs } from "../../../nodes/log-folder.ts";
import type { NodeOutcome } from "../../../nodes/outcome.ts";
import { mapAtOnce } from "../../../system/at-once.ts";
import type { Host } from "../../../system/host.ts";
import { settleAll } from "../../../system/settle-all.ts";
import { makeLogFolders } from "../logs.ts";
import { memoryCopies } from "../memory-copies.ts";
import { isToStart, type NodeWork } from "../prepare.ts";
import type { ReadyClone } from "../warm-base/clone.ts";
import type { CloneSource } from "../warm-base/provide.ts";
import { bringNode, cloneNode } from "./bring.ts";

export interface BringAllOptions {
  readonly runDir: string;
  readonly vncPassword: string;
  /**
   * Emulated machines that share a processor while they boot slow each other down more than by half: each goes on
   * getting its 250 timer interrupts a second. Nine on two processors took 79 s together, two at a time 54 s.
   */
  readonly atOnce: number;
  /** What nodes that are to be started are cloned from; those without a source boot. */
  readonly sources: ReadonlyMap<string, CloneSource>;
  /** Not being able to clone a node that has a source is a failure, not a reason to boot it. */
  readonly mustClone: boolean;
  /** Told why a node boots that should have been cloned. */
  readonly onWarning: (text: string) => void;
  /** When to give up, in ms since the epoch. */
  readonly deadline: number;
  readonly interrupted?: AbortSignal;
  /** Told how far it is: `3 of 9 are ready`. */
  readonly note: (text: string) => void;
}

export interface Brought {
  readonly outcomes: Readonly<Record<string, NodeOutcome>>;
  /** To be called when the fabric routes: clones put off until then what would only be in its way. */
  readonly startServices: () => void;
}

/**
 * Make all nodes what they should be: clones first, then the others, some at a time, in their order. The first failure
 * keeps those that wait from being touched.
 */
export async function bringAll(
  host: Host,
  work: readonly NodeWork[],
  options: BringAllOptions,
): Promise<Brought> {
  const { interrupted, deadline } = options;
  const outcomes: Record<string, NodeOutcome> = {};
  const done = (name: string, outcome: NodeOutcome) => {
    outcomes[name] = outcome;
    options.note(`${Object.keys(outcomes).length} of ${work.length} are ready`);
  };
  await makeLogs(host, work, options);
  const { clones, waiting } = await cloneAll(host, work, options, done);
  const startServices = () => {
    for (const [index, clone] of clones.entries()) {
      clone.startServices(SERVICES_START_S * Math.floor(index / options.atOnce));
    }
  };
  const bringNext = async (next: NodeWork): Promise<void> => {
    interrupted?.throwIfAborted();
    const timeoutMs = Math.max(1, deadline - Date.now());
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

/** For all: the BMC of a machine that an earlier version started needs them as well. */
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
 * Clone what can be cloned, some at a time, and let all clones go on together when each is ready, since before that
 * they would only wait for each other. `waiting`: what has to be brought up in another way, in its order.
 */
async function cloneAll(
  host: Host,
  work: readonly NodeWork[],
  options: BringAllOptions,
  done: (name: string, outcome: NodeOutcome) => void,
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
    await settleAll([...clones.map(({ goOn }) => goOn()), copies.end()]);
  }
  return { clones, waiting: [...left] };
}

/**
 * What an emulated switch needs a processor for to start its other services. If all did so at once, they would be
 * silent to each other for longer than BFD waits.
 */
const SERVICES_START_S = 3;

/** In one line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, "; ");
}
