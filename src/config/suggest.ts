/**
 * Returns the candidate that was most likely meant; undefined if none is similar. Case is ignored, and swapping two
 * adjacent letters counts as one mistake.
 */
export function suggest(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length < MIN_LENGTH || written.length > MAX_LENGTH) {
    return undefined;
  }
  const wanted = written.toUpperCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(written.length / 4)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) < bestDistance) {
      const distance = editDistance(wanted, candidate.toUpperCase());
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
  }
  return best;
}

/** Makes suggestions for the names in one file. */
export type Suggestions = (written: string, candidates: () => Iterable<string>) => string | undefined;

/**
 * Limits suggestions to the first mistakes, which are the ones shown, and to a number of candidates: comparing 100,000
 * mistakes with 100,000 names each would take hours.
 */
export function suggestions(): Suggestions {
  let left = MAX_SUGGESTIONS;
  return (written, candidates) => {
    left -= 1;
    return left < 0 ? undefined : suggest(written, firstOf(candidates(), MAX_CANDIDATES));
  };
}

const MAX_SUGGESTIONS = 50;
const MAX_CANDIDATES = 1000;

function* firstOf<Value>(values: Iterable<Value>, count: number): Iterable<Value> {
  let left = count;
  for (const value of values) {
    if (left === 0) {
      return;
    }
    left -= 1;
    yield value;
  }
}

/** In shorter names half the letters may differ, so every candidate would be similar. */
const MIN_LENGTH = 3;
const MAX_LENGTH = 60;

/**
 * The number of insertions, deletions, substitutions and swaps of adjacent letters between two words (optimal string
 * alignment).
 */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
