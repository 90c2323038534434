import type { CheckItem } from "./item.ts";
import { CHECK_KINDS, type CheckKind } from "./kinds.ts";

/** What `check --json` prints. */
export interface CheckReport {
  /** Of this document's form. */
  readonly version: 1;
  /** Name of the backend. */
  readonly backend: string;
  /** Whether everything that could be looked at is as planned, and there was something. */
  readonly asPlanned: boolean;
  readonly durationMs: number;
  /** Each kind that has items. */
  readonly summary: readonly KindSummary[];
  /** Features that this host lacks and that are therefore not expected. */
  readonly notes: readonly string[];
  /** By kinds, and within a kind in the order of the plan. */
  readonly items: readonly TimedItem[];
}

export interface TimedItem extends CheckItem {
  /** The query's time, divided by its number of items. */
  readonly durationMs: number;
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
