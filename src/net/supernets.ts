import { Prefix } from "./prefix.ts";

/**
 * Returns every prefix that lies in one of `outer`, these included, and contains one of `prefixes` without being equal
 * to it. Shortest first, each once.
 */
export function supernets(prefixes: readonly Prefix[], outer: readonly Prefix[]): Prefix[] {
  const found = new Map<string, Prefix>();
  for (const limit of outer) {
    for (const prefix of supernetsIn(limit, prefixes)) {
      found.set(String(prefix), prefix);
    }
  }
  return [...found.values()].sort((a, b) => a.compare(b));
}

function supernetsIn(limit: Prefix, prefixes: readonly Prefix[]): Iterable<Prefix> {
  const found = new Map<string, Prefix>();
  for (const prefix of prefixes.filter((each) => limit.contains(each))) {
    for (let length = prefix.length - 1; length >= limit.length; length--) {
      const around = Prefix.around(prefix.first, length);
      // Adjacent prefixes share most of their supernets.
      if (found.has(String(around))) {
        break;
      }
      found.set(String(around), around);
    }
  }
  return found.values();
}
