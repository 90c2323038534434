import { InterruptedError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { bringNode, type NodeOutcome } from "./bring.ts";
import type { NodeWork } from "./prepare.ts";

export interface BringAllOptions {
  readonly runDir: string;
  readonly rootPassword: string;
  /**
   * Emulated machines that share a processor while they boot slow each other down more than by half: each goes on
   * getting its 250 timer interrupts a second. Nine on two processors took 79 s together, two at a time 54 s.
   */
  readonly atOnce: number;
  /** When to give up, in ms since the epoch. */
  readonly deadline: number;
  readonly interrupted?: AbortSignal;
  /** Told how far it is: `3 of 9 are ready`. */
  readonly note: (text: string) => void;
}

/**
 * Make all nodes what they should be, some at a time, in their order: the first failure keeps those that wait from
 * being touched.
 */
export async function bringAll(
  host: Host,
  work: readonly NodeWork[],
  options: BringAllOptions,
): Promise<Readonly<Record<string, NodeOutcome>>> {
  const { interrupted, deadline } = options;
  const outcomes: Record<string, NodeOutcome> = {};
  const waiting = [...work];
  const bringNext = async (next: NodeWork): Promise<void> => {
    if (interrupted?.aborted) {
      throw new InterruptedError();
    }
    const timeoutMs = Math.max(1, deadline - Date.now());
    outcomes[next.node.name] = await bringNode(host, next, { ...options, timeoutMs });
    options.note(`${Object.keys(outcomes).length} of ${work.length} are ready`);
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

/** How many processors the host has. */
export async function processors(host: Host): Promise<number> {
  return Math.max(1, Number((await host.run({ file: "nproc", args: [] })).stdout));
}
