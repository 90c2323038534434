import { InterruptedError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { bringNode, cloneNode, type NodeOutcome } from "./bring.ts";
import type { NodeWork } from "./prepare.ts";
import type { CloneSource } from "./qemu/template/provide.ts";

export interface BringAllOptions {
  readonly runDir: string;
  readonly rootPassword: string;
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

/**
 * Make all nodes what they should be: clones first, all at once, then the others some at a time, in their order. The
 * first failure keeps those that wait from being touched.
 */
export async function bringAll(
  host: Host,
  work: readonly NodeWork[],
  options: BringAllOptions,
): Promise<Readonly<Record<string, NodeOutcome>>> {
  const { interrupted, deadline } = options;
  const outcomes: Record<string, NodeOutcome> = {};
  const done = (name: string, outcome: NodeOutcome) => {
    outcomes[name] = outcome;
    options.note(`${Object.keys(outcomes).length} of ${work.length} are ready`);
  };
  const waiting = await cloneAll(host, work, options, done);
  const bringNext = async (next: NodeWork): Promise<void> => {
    if (interrupted?.aborted) {
      throw new InterruptedError();
    }
    const timeoutMs = Math.max(1, deadline - Date.now());
    done(next.node.name, await bringNode(host, next, { ...options, timeoutMs }));
  };
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await bringNext(next).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, worker));
  return outcomes;
}

/**
 * Clone what can be cloned, some at a time. Gives what has to be brought up in another way, in its order.
 */
async function cloneAll(
  host: Host,
  work: readonly NodeWork[],
  options: BringAllOptions,
  done: (name: string, outcome: NodeOutcome) => void,
): Promise<NodeWork[]> {
  const waiting = [...work];
  const clone = async (next: NodeWork, source: CloneSource): Promise<boolean> => {
    const { name } = next.node;
    const timeoutMs = Math.max(1, options.deadline - Date.now());
    try {
      done(name, await cloneNode(host, next, source, { ...options, timeoutMs }));
      return true;
    } catch (error) {
      if (options.mustClone || options.interrupted?.aborted) {
        waiting.length = 0;
        throw error;
      }
      options.onWarning(`${name} could not be cloned and boots instead: ${reasonOf(error)}`);
      return false;
    }
  };
  const left = new Set(work);
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (options.interrupted?.aborted) {
        throw new InterruptedError();
      }
      const source = options.sources.get(next.node.name);
      const starts = next.action === "start" || next.action === "restart";
      if (source !== undefined && starts && (await clone(next, source))) {
        left.delete(next);
      }
    }
  };
  await Promise.all(Array.from({ length: CLONES_FOR_A_BOOT * options.atOnce }, worker));
  return [...left];
}

/** A clone has about half of a boot to do, and waits now and then. */
const CLONES_FOR_A_BOOT = 2;

/** In one line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, "; ");
}

/** How many processors the host has. */
export async function processors(host: Host): Promise<number> {
  return Math.max(1, Number((await host.run({ file: "nproc", args: [] })).stdout));
}
