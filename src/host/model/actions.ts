import type { Command } from "../../system/command.ts";

/** One change to the host, as data. */
export type Action =
  | { readonly kind: "run"; readonly command: Command }
  /** Runs the first alternative that the kernel supports. */
  | { readonly kind: "run-first"; readonly alternatives: readonly Alternative[] }
  | { readonly kind: "write-kernel-file"; readonly path: string; readonly content: string }
  | { readonly kind: "write-file"; readonly path: string; readonly content: string; readonly mode: number }
  | { readonly kind: "remove-file"; readonly path: string }
  /** Notifies another program. A failure is a warning, not an error. */
  | { readonly kind: "notify"; readonly command: Command };

export interface Alternative {
  /** A command that may help the main command. Its failure is ignored. */
  readonly prepare: Command | null;
  readonly command: Command;
}

/** Actions that can run at the same time, after those of the previous phase. */
export interface Phase {
  readonly title: string;
  readonly actions: readonly Action[];
}

/** Returns the phases that have actions. */
export function withoutEmpty(phases: readonly Phase[]): readonly Phase[] {
  return phases.filter(({ actions }) => actions.length > 0);
}

/** Returns one action that runs all lines in a single process; none if there are no lines. */
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
