import type { CheckItem } from "./item.ts";
import { CHECK_KINDS, type CheckKind } from "./kinds.ts";

/** The output of `check --json`. */
export interface CheckReport {
  /** Version of this document's format. */
  readonly version: 1;
  /** Name of the backend. */
  readonly backend: string;
  /** True if every item that could be determined is as planned, and there is at least one item. */
  readonly asPlanned: boolean;
  readonly durationMs: number;
  /** A summary of each kind that has items. */
  readonly summary: readonly KindSummary[];
  /** Features that this host lacks and that are therefore not checked. */
  readonly notes: readonly string[];
  /** A line for each injected fault; empty if there is no difference. */
  readonly faults: readonly string[];
  /** Ordered by kind, and within a kind in the order of the plan. */
  readonly items: readonly TimedItem[];
}

export interface TimedItem extends CheckItem {
  /** The query's time, divided by its number of items. */
  readonly durationMs: number;
  /** True for a difference that follows from a broken link or node: from another item, or from an injected fault. */
  readonly explained: boolean;
}

export interface KindSummary {
  readonly kind: CheckKind;
  readonly ok: number;
  readonly different: number;
  readonly unknown: number;
}

export function summarize(items: readonly CheckItem[]): readonly KindSummary[] {
  return CHECK_KINDS.flatMap((kind) => {
    const own = items.filter((item) => item.kind === kind);
    const count = (ok: boolean | null) => own.filter((item) => item.ok === ok).length;
    return own.length === 0 ? [] : [{ kind, ok: count(true), different: count(false), unknown: count(null) }];
  });
}
