import type { NamedBy, TopologyLink } from "./cabling.ts";
import { hostNames } from "./links.ts";
import type { Report } from "./report.ts";

/** IFNAMSIZ of the Linux kernel is 16, of which one byte ends the name. */
const MAX_LENGTH = 15;

/** Reports host interface names that the kernel would reject, or that two interfaces would share. */
export function checkNames(links: readonly TopologyLink[], report: Report): void {
  const names = hostNames(links);
  checkLengths(names, report);
  checkUnique(names, report);
}

/** Reports one problem per key, with its longest name. */
function checkLengths(names: readonly NamedBy[], report: Report): void {
  const longest = new Map<string, string>();
  for (const { name, key } of names) {
    if (name.length > MAX_LENGTH && name.length > (longest.get(key)?.length ?? 0)) {
      longest.set(key, name);
    }
  }
  for (const [key, name] of longest) {
    report(
      key,
      `makes the interface name ${name}, which has ${name.length} characters; Linux allows ${MAX_LENGTH}: ` +
        `shorten it by ${name.length - MAX_LENGTH}`,
    );
  }
}

/** Reports one problem per pair of keys, with the first name that both produce. */
function checkUnique(names: readonly NamedBy[], report: Report): void {
  const keyByName = new Map<string, string>();
  const told = new Set<string>();
  for (const { name, key } of names) {
    const earlier = keyByName.get(name);
    keyByName.set(name, key);
    if (earlier !== undefined && !told.has(`${earlier} ${key}`)) {
      told.add(`${earlier} ${key}`);
      report(key, `makes the interface name ${name}, which ${earlier} makes too; choose another`);
    }
  }
}
