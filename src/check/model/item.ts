import { clip } from "../../format/clip.ts";
import type { CheckKind } from "./kinds.ts";
import type { Seen } from "./observation.ts";

/** One thing that was looked at. */
export interface CheckItem {
  readonly kind: CheckKind;
  /** `leaf1 ens4`, `wire iksb12`, `spine1 → leaf3` */
  readonly subject: string;
  /** The switch that was asked; null where it was the host. */
  readonly node: string | null;
  readonly expected: string;
  readonly observed: string;
  /** Null where it can't be told, because of something that is an item of its own: a switch that is off. */
  readonly ok: boolean | null;
}

export type Judged = Omit<CheckItem, "kind">;

/** As planned where both texts are the same. */
export function compare(node: string | null, subject: string, expected: string, observed: string): Judged {
  const ok = expected === observed;
  return { subject, node, expected, observed: ok ? observed : clip(observed, MOST_CHARACTERS), ok };
}

/** What a switch says has no end by itself. */
const MOST_CHARACTERS = 2_000;

/** As planned where there are no problems; otherwise these are what was observed. */
export function compareProblems(
  node: string | null,
  subject: string,
  expected: string,
  problems: readonly string[],
): Judged {
  return compare(node, subject, expected, problems.length === 0 ? expected : problems.join("; "));
}

/** @param why what is in the way: `leaf1 is off` */
export function unjudged(node: string | null, subject: string, expected: string, why: string): Judged {
  return { subject, node, expected, observed: clip(`unknown: ${why}`, MOST_CHARACTERS), ok: null };
}

/** What a source said of it, in the words of `expected` where it is as planned. */
export function compareSeen<T>(
  source: Seen<T>,
  node: string | null,
  subject: string,
  expected: string,
  describe: (value: T) => string,
): Judged {
  if (source.seen) {
    return compare(node, subject, expected, describe(source.value));
  }
  return source.toldElsewhere
    ? unjudged(node, subject, expected, source.why)
    : compare(node, subject, expected, source.why);
}

/** `a, b, c`, or `none`. */
export function listOrNone(words: readonly string[]): string {
  return words.length === 0 ? "none" : words.join(", ");
}
