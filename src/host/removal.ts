import { isFabricGroup } from "../fabric/mark.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Change } from "./changes.ts";
import { managerPhases, removeRouteLine } from "./commands.ts";
import { ourRoutes, ownRules } from "./diff.ts";
import { firewallActions, removeOwnTables } from "./firewall/commands.ts";
import { ipBatch, type Phase, withoutEmpty } from "./model/actions.ts";
import { type ObservedRule, ruleKey } from "./model/firewall-rules.ts";
import {
  type ObservedDevice,
  type ObservedNetwork,
  type ObservedRoute,
  withoutPeers,
} from "./model/observed.ts";
import { deviceOwnership, ownComments } from "./model/ownership.ts";

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
  const isOurs = deviceOwnership(fabric, observed.devices);
  const kept = keep?.devices.filter(isOurs) ?? [];
  const all = observed.devices.filter(isOurs);
  // Compared by index, not by name: a device may have been replaced by one of the same name.
  const devices = all.filter(({ index }) => !kept.some((device) => device.index === index));
  const comments = ownComments(fabric, observed.devices);
  const hadOwnTables = keep?.firewall.nft?.chains.some(({ table }) => comments.includes(table)) ?? false;
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
          removedRules(fabric, observed, keep).filter(
            ({ backend, table }) => backend !== "nft" || !comments.includes(table) || hadOwnTables,
          ),
          [],
        ),
        ...(hadOwnTables ? [] : removeOwnTables(observed.firewall.nft?.chains ?? [], comments)),
      ],
    },
    ...managerPhases(removedManagerFiles(observed, keep)),
  ]);
}

/** Removes the whole group at once: the kernel then waits for packets in flight once, instead of once per device. */
function removeDeviceLines(devices: readonly ObservedDevice[], someStay: boolean): readonly string[] {
  const groups = [...new Set(devices.map(({ group }) => group))]
    .filter(isFabricGroup)
    .toSorted((a, b) => a - b);
  const others = devices.filter(({ group }) => !isFabricGroup(group));
  const oneByOne = someStay ? devices : others;
  return [
    ...(someStay ? [] : groups.map((group) => `link del group ${group}`)),
    ...withoutPeers(oneByOne).map(({ name }) => `link del dev ${name}`),
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

function removedRules(
  fabric: Fabric,
  observed: ObservedNetwork,
  keep?: ObservedNetwork,
): readonly ObservedRule[] {
  const kept = new Set((keep === undefined ? [] : ownRules(fabric, keep)).map(ruleKey));
  return ownRules(fabric, observed).filter((rule) => !kept.has(ruleKey(rule)));
}

function removedManagerFiles(observed: ObservedNetwork, keep?: ObservedNetwork): readonly Change[] {
  return Object.entries(observed.managerFiles)
    .filter(([path, content]) => content !== undefined && keep?.managerFiles[path] === undefined)
    .map(([path]) => ({ kind: "remove-manager-file", path }));
}
