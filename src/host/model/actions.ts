import type { Command } from "../../system/command.ts";

/** One thing to do to the machine, as data. */
export type Action =
  | { readonly kind: "run"; readonly command: Command }
  /** The first of these that the kernel has the means for. */
  | { readonly kind: "run-first"; readonly alternatives: readonly Alternative[] }
  | { readonly kind: "write-kernel-file"; readonly path: string; readonly content: string }
  | { readonly kind: "write-file"; readonly path: string; readonly content: string; readonly mode: number }
  | { readonly kind: "remove-file"; readonly path: string }
  /** Asks another program to take notice. Its failure is worth a warning, not the end. */
  | { readonly kind: "notify"; readonly command: Command };

export interface Alternative {
  /** What may help the command along; no matter whether it fails. */
  readonly prepare: Command | null;
  readonly command: Command;
}

/** Actions that can be done at the same time, after those of the phase before. */
export interface Phase {
  readonly title: string;
  readonly actions: readonly Action[];
}

/** Phases without those that have nothing to do. */
export function withoutEmpty(phases: readonly Phase[]): readonly Phase[] {
  return phases.filter(({ actions }) => actions.length > 0);
}

/** All lines in one process. Nothing where there are no lines. */
export function ipBatch(lines: readonly string[]): readonly Action[] {
  return batch("ip", lines);
}

/** The same for queueing disciplines, which tc sets. */
export function tcBatch(lines: readonly string[]): readonly Action[] {
  return batch("tc", lines);
}

function batch(file: string, lines: readonly string[]): readonly Action[] {
  return lines.length === 0
    ? []
    : [{ kind: "run", command: { file, args: ["-batch", "-"], input: `${lines.join("\n")}\n` } }];
}
