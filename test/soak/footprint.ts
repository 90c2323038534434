/** Everything on a host, from ikvswitch and others, by kind. An entry is repeated if it exists several times. */
export type Footprint = Readonly<Record<string, readonly string[]>>;

/** Returns every entry that exists more or less often than before: `process: +1 zebra`. Empty if they are equal. */
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
