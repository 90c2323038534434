import type { Config } from "../config/types.ts";
import type { NamedBy, WireSketch } from "./cabling.ts";
import type { Report } from "./report.ts";
import { hostNames } from "./wires.ts";

/** IFNAMSIZ of the Linux kernel is 16, of which one byte ends the name. */
const MAX_LENGTH = 15;

/** The keys of the prefixes of bridges that only pass frames on. */
const WIRE_BRIDGE_KEYS = [
  "INTERNET_TO_SPINE_BRIDGE_PREFIX",
  "SPINE_BRIDGE_PREFIX",
  "LEAF_TO_SERVER_BRIDGE_PREFIX",
] as const;
/** Keys of the bridges whose traffic is the host's own. */
const HOST_BRIDGE_KEYS = ["HOST_BRIDGE_NAME_PREFIX", "HOST_IPMI_BRIDGE_NAME"] as const;

export function wireBridgeNamePrefixes(config: Config): string[] {
  return WIRE_BRIDGE_KEYS.map((key) => config[key]);
}

/** Reports host interface names that the kernel would refuse, or that two interfaces would share. */
export function checkNames(config: Config, wires: readonly WireSketch[], report: Report): void {
  const names = hostNames(wires);
  checkLengths(names, report);
  checkUnique(names, report);
  checkHostBridges(config, report);
}

/** One problem for each key, with its longest name. */
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

/** One problem for each pair of keys, with the first name that both give. */
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

/** Wire bridges are recognised by how their names begin, so that the host's own may not begin likewise. */
function checkHostBridges(config: Config, report: Report): void {
  for (const wireKey of WIRE_BRIDGE_KEYS) {
    for (const hostKey of HOST_BRIDGE_KEYS) {
      if (config[hostKey].startsWith(config[wireKey])) {
        report(
          wireKey,
          `${hostKey}=${config[hostKey]} begins with it too, and the host's own bridge has to be told from the wires`,
        );
      }
    }
  }
}
