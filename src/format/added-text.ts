/** Length of the beginning by which a text is found in an earlier one. */
const ANCHOR = 256;

/**
 * Returns what was added to a log since it was read before. A log may have been cut down to its end meanwhile; one that
 * has nothing in common with the earlier one was begun anew.
 */
export function addedText(before: string, after: string): string {
  if (before === "" || after === "" || after.startsWith(before)) {
    return after.slice(before.length);
  }
  // The first place has the longest common part.
  const anchor = after.slice(0, ANCHOR);
  for (let start = before.indexOf(anchor); start >= 0; start = before.indexOf(anchor, start + 1)) {
    const common = before.slice(start);
    if (after.startsWith(common)) {
      return after.slice(common.length);
    }
  }
  return after;
}
