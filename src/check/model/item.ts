import { clip } from "../../format/clip.ts";
import type { CheckKind } from "./kinds.ts";
import type { Seen } from "./observation.ts";

/** The result of a single check. */
export interface CheckItem {
  readonly kind: CheckKind;
  /** `leaf1 ens4`, `link iksb12`, `spine1 → leaf3` */
  readonly subject: string;
  /** The switch that was queried; null for the host. */
  readonly node: string | null;
  readonly expected: string;
  readonly observed: string;
  /** Null if it could not be determined because of another item, such as a switch that is off. */
  readonly ok: boolean | null;
}

export type Evaluation = Omit<CheckItem, "kind">;

/** ok if both texts are equal. */
export function compare(
  node: string | null,
  subject: string,
  expected: string,
  observed: string,
): Evaluation {
  const ok = expected === observed;
  return { subject, node, expected, observed: ok ? observed : clip(observed, MOST_CHARACTERS), ok };
}

/** Limit on an item's text, since a switch may answer with text of any length. */
const MOST_CHARACTERS = 2_000;

/** ok if there are no problems; otherwise they are the observation. */
export function compareProblems(
  node: string | null,
  subject: string,
  expected: string,
  problems: readonly string[],
): Evaluation {
  return compare(node, subject, expected, problems.length === 0 ? expected : problems.join("; "));
}

/** An item that could not be determined. @param why the cause: `leaf1 is off` */
export function skipped(node: string | null, subject: string, expected: string, why: string): Evaluation {
  return { subject, node, expected, observed: clip(`unknown: ${why}`, MOST_CHARACTERS), ok: null };
}

/** Compare a source's answer, described in the form of `expected`. */
export function compareSeen<T>(
  source: Seen<T>,
  node: string | null,
  subject: string,
  expected: string,
  describe: (value: T) => string,
): Evaluation {
  if (source.seen) {
    return compare(node, subject, expected, describe(source.value));
  }
  return source.toldElsewhere
    ? skipped(node, subject, expected, source.why)
    : compare(node, subject, expected, source.why);
}

/** What is observed of a list without entries. */
export const NONE = "none";

/** `a, b, c`, or `none`. */
export function listOrNone(words: readonly string[]): string {
  return words.length === 0 ? NONE : words.join(", ");
}
