/** Formats counts of words: `7 started, 2 kept`. */
export function summary(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}
