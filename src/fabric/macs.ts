import type { Config } from "../config/types.ts";
import { Mac } from "../net/mac.ts";
import type { Report } from "./report.ts";
import type { FabricSize } from "./size.ts";

/** The MAC of every NIC, inside the nodes and on the host. */
export interface MacPlan {
  readonly internetPort: (port: number) => Mac;
  readonly spinePort: (spine: number, port: number) => Mac;
  /** `uplink` is the number of the spine that it leads to. */
  readonly leafUplink: (leaf: number, uplink: number) => Mac;
  /** `place` counts the rack's positions from 0. */
  readonly leafServerPort: (leaf: number, place: number) => Mac;
  /** `index` counts the host's interfaces from 0 in the order of the links; its bridges follow the last one. */
  readonly host: (index: number) => Mac;
}

/** The first byte after a prefix that is given away; those below are left to the user. */
const FIRST = 0x10;
const SPINE_BASE = 0x21;

/**
 * Numbers MACs upwards from the two configured prefixes of five bytes. A sum past 0xff carries into the next
 * byte, so that none repeats however large the fabric is. Each spine has room for 16 ports and each leaf for 8
 * uplinks, or for the next multiples of these that suffice.
 *
 * @param hostCount how many interfaces and bridges the host gains
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
  // The prefix is unicast, so that one bit too many makes the last one multicast.
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
