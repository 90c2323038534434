import type { Config } from "../config/types.ts";
import { Mac } from "../net/mac.ts";
import type { Report } from "./report.ts";
import type { FabricSize } from "./size.ts";

/** The MACs of all NICs, in the nodes and on the host. */
export interface MacPlan {
  readonly internetPort: (port: number) => Mac;
  readonly spinePort: (spine: number, port: number) => Mac;
  /** `uplink` is the number of the spine at the other end. */
  readonly leafUplink: (leaf: number, uplink: number) => Mac;
  /** `place` counts the rack's positions from 0. */
  readonly leafServerPort: (leaf: number, place: number) => Mac;
  /** `index` counts the host's interfaces from 0 in the order of the links; its bridges follow. */
  readonly host: (index: number) => Mac;
}

/** The first value after a prefix that the plan uses; lower ones are for the user. */
const FIRST = 0x10;
const SPINE_BASE = 0x21;

/**
 * Numbers MACs upwards from the two configured prefixes of five bytes. A sum above 0xff carries into the next byte, so
 * that MACs stay unique in a fabric of any size. Each spine has room for 16 ports and each leaf for 8 uplinks, or for
 * the next sufficient multiple of these.
 *
 * @param hostCount number of interfaces and bridges that the host gains
 */
export function planMacs(config: Config, size: FabricSize, hostCount: number, report: Report): MacPlan {
  const spineStride = Math.max(16, roundUp(1 + size.leaves, 16));
  const leafStride = Math.max(8, roundUp(size.spines, 8));
  const leafBase = SPINE_BASE + spineStride * size.spines;
  const serverBase = leafBase + leafStride * (size.leaves - 1) + size.spines;

  const guest = Mac.from(`${config.GUEST_MAC_ADDRESS_PREFIX}:00`);
  const host = Mac.from(`${config.MAC_PREFIX}:00`);
  const guestRange = {
    first: guest.plus(FIRST),
    last: guest.plus(serverBase + size.leaves * size.positions - 1),
  };
  const hostRange = { first: host.plus(FIRST), last: host.plus(FIRST + hostCount - 1) };
  checkRange(guestRange, "GUEST_MAC_ADDRESS_PREFIX", report);
  checkRange(hostRange, "MAC_PREFIX", report);
  checkApart(hostRange, guestRange, report);

  return {
    internetPort: (port) => guest.plus(FIRST + (port === 1 ? 0 : port)),
    spinePort: (spine, port) => guest.plus(SPINE_BASE + spineStride * (spine - 1) + port - 1),
    leafUplink: (leaf, uplink) => guest.plus(leafBase + leafStride * (leaf - 1) + uplink - 1),
    leafServerPort: (leaf, place) => guest.plus(serverBase + (leaf - 1) * size.positions + place),
    host: (index) => hostRange.first.plus(index),
  };
}

interface MacRange {
  readonly first: Mac;
  readonly last: Mac;
}

function checkRange(range: MacRange, key: string, report: Report): void {
  // The prefix is unicast, so if the addresses overflow it, the last one is multicast.
  if (range.last.isMulticast) {
    const count = range.last.value - range.first.value + 1;
    report(
      key,
      `the MAC addresses run out: there are no ${count} unicast ones from here on; use a lower prefix`,
    );
  }
}

function checkApart(host: MacRange, guest: MacRange, report: Report): void {
  if (host.first.value <= guest.last.value && guest.first.value <= host.last.value) {
    report(
      "MAC_PREFIX",
      `the host's MAC addresses ${formatRange(host)} meet the switches' ${formatRange(guest)} ` +
        "from GUEST_MAC_ADDRESS_PREFIX; move one of the prefixes",
    );
  }
}

function formatRange(range: MacRange): string {
  return `${range.first} to ${range.last}`;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
