/** IDs that exist in a user namespace. */
export interface MappedIds {
  readonly first: number;
  readonly count: number;
}

/** Parses /proc/self/uid_map or gid_map (user_namespaces(7)): the host's root has all 32-bit IDs. */
export function mappedIds(map: string): readonly MappedIds[] {
  return [...map.matchAll(/^\s*(\d+)\s+\d+\s+(\d+)$/gm)].map(([, first, count]) => ({
    first: Number(first),
    count: Number(count),
  }));
}
