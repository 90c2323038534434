import type { Fabric } from "../../fabric/types.ts";
import type { ObservedDevice } from "./observed.ts";

/**
 * Link group of every device that we create, except the two bridges of HOST_BRIDGE_GROUP: "ik" in ASCII. One kernel
 * operation removes a whole group. Firewall rules match our links by the group, so that foreign devices with similar
 * names are not affected.
 */
export const LINK_GROUP = 0x696b;
/** Link group of the bridges whose traffic is the host's own, so that rules can tell them from the links. */
export const HOST_BRIDGE_GROUP = 0x696c;
export const LINK_GROUPS: readonly number[] = [LINK_GROUP, HOST_BRIDGE_GROUP];
/** Routing protocol number of our route, so that routes which users add over our bridge stay theirs. */
export const ROUTE_PROTOCOL = 0x6b;
/** Comment on every firewall rule that we add, and the name of our table where only nft is installed. */
export const RULE_COMMENT = "ikvswitch";

/**
 * Returns a function that tells our devices from others.
 *
 * Our devices are those in our link groups. A tap can't be created in a group: an ioctl creates it, and a second step
 * moves it. So a tap in the default group that has a name of ours and belongs to the emulator's user is ours as well:
 * ikvswitch was killed between the two steps.
 */
export function deviceOwnership(fabric: Fabric): (device: ObservedDevice) => boolean {
  const patterns = namePatterns(fabric);
  return (device) =>
    LINK_GROUPS.includes(device.group) ||
    (device.group === 0 &&
      device.tapOwner === fabric.host.user &&
      patterns.some((pattern) => pattern.test(device.name)));
}

/** Names of all devices of the plan. */
export function plannedNames(fabric: Fabric): readonly string[] {
  return fabric.links.flatMap(({ bridge, interfaces }) => [bridge, ...interfaces].map(({ name }) => name));
}

/** Returns patterns of our device names, including those of a fabric of another size. */
function namePatterns(fabric: Fabric): readonly RegExp[] {
  const numbers = /\d[\d-]*$/;
  const patterns = plannedNames(fabric).map((name) => {
    const escaped = name.replace(numbers, "").replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    return `^${escaped}${numbers.test(name) ? numbers.source : "$"}`;
  });
  return [...new Set(patterns)].map((pattern) => new RegExp(pattern));
}
