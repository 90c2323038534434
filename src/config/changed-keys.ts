import type { ConfigEntries, LoadedConfig } from "./types.ts";

/**
 * Returns the keys that have other values in one configuration than in the other: those that are written in either, or
 * else, where only defaults differ, those.
 */
export function changedKeys(
  one: Pick<LoadedConfig, "entries">,
  other: Pick<LoadedConfig, "entries">,
): readonly string[] {
  const keys = [...new Set([...Object.keys(one.entries), ...Object.keys(other.entries)])].filter(
    (key) => one.entries[key]?.text !== other.entries[key]?.text,
  );
  const written = keys.filter((key) => isWritten(one.entries, key) || isWritten(other.entries, key));
  return written.length > 0 ? written : keys;
}

function isWritten(entries: ConfigEntries, key: string): boolean {
  return (entries[key]?.source.kind ?? "default") !== "default";
}
