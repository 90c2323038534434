import type { Fabric } from "../fabric/types.ts";
import type { Change } from "./changes.ts";
import { managerPhases, removeRouteLine } from "./commands.ts";
import { observedRules, ourRoutes } from "./diff.ts";
import { firewallActions, removeOwnTables } from "./firewall/commands.ts";
import { ipBatch, type Phase, withoutEmpty } from "./model/actions.ts";
import { type ObservedRule, ruleKey } from "./model/firewall-rules.ts";
import type { ObservedDevice, ObservedNetwork, ObservedRoute } from "./model/observed.ts";
import { deviceOwnership, LINK_GROUPS, RULE_COMMENT } from "./model/ownership.ts";

/**
 * Returns the phases that remove all that is ours.
 * @param keep state to keep: only items that were added after it are removed, so that a failed start can undo its
 *   changes.
 */
export function removalPhases(
  fabric: Fabric,
  observed: ObservedNetwork,
  keep?: ObservedNetwork,
): readonly Phase[] {
  const isOurs = deviceOwnership(fabric);
  const kept = keep?.devices.filter(isOurs) ?? [];
  const all = observed.devices.filter(isOurs);
  // Compared by index, not by name: a device may have been replaced by one of the same name.
  const devices = all.filter(({ index }) => !kept.some((device) => device.index === index));
  const hadOwnTables = keep?.firewall.nft?.chains.some(({ table }) => table === RULE_COMMENT) ?? false;
  return withoutEmpty([
    {
      title: "Remove routes, addresses and devices",
      actions: ipBatch([
        ...removedRoutes(fabric, observed, devices, keep).map(removeRouteLine),
        ...removedAddresses(all, kept),
        ...removeDeviceLines(devices, kept.length > 0),
      ]),
    },
    // Last, so that no packet of the fabric leaves the host with a source address that can't be reached from outside.
    {
      title: "Remove firewall rules",
      actions: [
        ...firewallActions(
          // Rules in our own tables are removed with their table.
          removedRules(observed, keep).filter(
            ({ backend, table }) => backend !== "nft" || table !== RULE_COMMENT || hadOwnTables,
          ),
          [],
        ),
        ...(hadOwnTables ? [] : removeOwnTables(observed.firewall.nft?.chains ?? [])),
      ],
    },
    ...managerPhases(removedManagerFiles(observed, keep)),
  ]);
}

/** Removes the whole group at once: the kernel then waits for packets in flight once, instead of once per device. */
function removeDeviceLines(devices: readonly ObservedDevice[], someStay: boolean): readonly string[] {
  const groups = LINK_GROUPS.filter((group) => devices.some((device) => device.group === group));
  const others = devices.filter(({ group }) => !LINK_GROUPS.includes(group));
  const oneByOne = someStay ? devices : others;
  return [
    ...(someStay ? [] : groups.map((group) => `link del group ${group}`)),
    ...oneByOne.map(({ name }) => `link del dev ${name}`),
  ];
}

/** Returns the routes to remove besides those over our devices, which are removed with the device. */
function removedRoutes(
  fabric: Fabric,
  observed: ObservedNetwork,
  removed: readonly ObservedDevice[],
  keep?: ObservedNetwork,
): readonly ObservedRoute[] {
  const gone = new Set(removed.map(({ name }) => name));
  const kept = new Set(
    (keep === undefined ? [] : ourRoutes(fabric, keep)).map((route) => JSON.stringify(route)),
  );
  return ourRoutes(fabric, observed).filter(
    (route) => !route.devices.some((device) => gone.has(device)) && !kept.has(JSON.stringify(route)),
  );
}

function removedAddresses(
  all: readonly ObservedDevice[],
  kept: readonly ObservedDevice[],
): readonly string[] {
  return kept.flatMap((before) => {
    const now = all.find(({ index }) => index === before.index);
    return (now?.addresses ?? [])
      .filter((address) => !before.addresses.some((kept) => kept.equals(address)))
      .map((address) => `addr del ${address} dev ${before.name}`);
  });
}

function removedRules(observed: ObservedNetwork, keep?: ObservedNetwork): readonly ObservedRule[] {
  const kept = new Set((keep === undefined ? [] : observedRules(keep)).map(ruleKey));
  return observedRules(observed).filter((rule) => !kept.has(ruleKey(rule)));
}

function removedManagerFiles(observed: ObservedNetwork, keep?: ObservedNetwork): readonly Change[] {
  return Object.entries(observed.managerFiles)
    .filter(([path, content]) => content !== undefined && keep?.managerFiles[path] === undefined)
    .map(([path]) => ({ kind: "remove-manager-file", path }));
}
