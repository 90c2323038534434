import { DEFAULT_MARK } from "../../fabric/mark.ts";
import type { Fabric } from "../../fabric/types.ts";
import { uplinkPort } from "../../fabric/uplink.ts";
import type { ObservedDevice } from "./observed.ts";

/** Routing protocol number of our routes, so that routes which users add over our bridges stay theirs. */
export const ROUTE_PROTOCOL = 0x6b;

/** Comments of all fabrics' firewall rules, and names of their tables. The probe's table has a hyphen. */
export const OWN_COMMENT = /ikvswitch(?:_[a-z0-9-]+)?/;

export function isOwnTable(name: string): boolean {
  return new RegExp(`^${OWN_COMMENT.source}$`).test(name);
}

type MarkedDevice = Pick<ObservedDevice, "group" | "alias">;

/**
 * Returns a function that tells the devices of this fabric from others.
 *
 * Its devices are those in its link groups. A tap can't be created in a group: an ioctl creates it, and a second step
 * moves it. So a tap in the default group that has a name of the fabric's and belongs to the emulator's user is the
 * fabric's as well: ikvswitch was killed between the two steps.
 *
 * @param devices all devices of the host.
 */
export function deviceOwnership(
  fabric: Fabric,
  devices: readonly MarkedDevice[],
): (device: ObservedDevice) => boolean {
  const patterns = namePatterns(fabric);
  const groups = ownGroups(fabric, devices);
  return (device) =>
    groups.includes(device.group) ||
    (device.group === 0 &&
      device.tapOwner === fabric.host.user &&
      patterns.some((pattern) => pattern.test(device.name)));
}

/** Returns the link groups of this fabric's devices. */
export function ownGroups(fabric: Fabric, devices: readonly MarkedDevice[]): readonly number[] {
  return ownMarks(fabric, devices).flatMap(({ linkGroup, bridgeGroup }) => [linkGroup, bridgeGroup]);
}

/**
 * Returns the comments of this fabric's firewall rules. Earlier builds marked every fabric like the default one; such a
 * fabric gets marks of its own with its next `up`.
 */
export function ownComments(fabric: Fabric, devices: readonly MarkedDevice[]): readonly string[] {
  return ownMarks(fabric, devices).map(({ comment }) => comment);
}

function ownMarks({ host: { mark } }: Fabric, devices: readonly MarkedDevice[]) {
  const isEarlier =
    mark.number !== 0 &&
    devices.some(({ group, alias }) => group === DEFAULT_MARK.bridgeGroup && alias === mark.alias);
  return isEarlier ? [mark, DEFAULT_MARK] : [mark];
}

/** Names of all devices of the plan. */
export function plannedNames(fabric: Fabric): readonly string[] {
  const uplink = uplinkPort(fabric);
  return [
    ...fabric.links.flatMap(({ bridge, interfaces, cut }) => [
      ...[bridge, ...interfaces].map(({ name }) => name),
      ...(cut === undefined ? [] : [cut.port, cut.patch, cut.tunnel]),
    ]),
    ...(uplink === null ? [] : [uplink.tap]),
  ];
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
