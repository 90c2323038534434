/** What a host has of an emulator and of everything else: every entry once for each time that it is there. */
export type Footprint = Readonly<Record<string, readonly string[]>>;

/** Every entry that is there more or less often than it was: `process: +1 zebra`. Empty: they are alike. */
export function compareFootprints(before: Footprint, after: Footprint): readonly string[] {
  const topics = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return topics.flatMap((topic) => {
    const was = count(before[topic] ?? []);
    const is = count(after[topic] ?? []);
    const entries = [...new Set([...was.keys(), ...is.keys()])].sort();
    return entries.flatMap((entry) => {
      const more = (is.get(entry) ?? 0) - (was.get(entry) ?? 0);
      return more === 0 ? [] : [`${topic}: ${more > 0 ? "+" : ""}${more} ${entry}`];
    });
  });
}

function count(entries: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    counts.set(entry, (counts.get(entry) ?? 0) + 1);
  }
  return counts;
}
