import type { Config } from "../config/types.ts";
import type { Report } from "./report.ts";
import type { FabricSize } from "./size.ts";
import type { Mac } from "./types.ts";

/** The MAC of every network card, inside the nodes and on the host. */
export interface MacPlan {
  readonly internetPort: (port: number) => Mac;
  readonly spinePort: (spine: number, port: number) => Mac;
  /** `uplink` is the number of the spine that it leads to. */
  readonly leafUplink: (leaf: number, uplink: number) => Mac;
  /** `place` counts the rack's positions from 0. */
  readonly leafServerPort: (leaf: number, place: number) => Mac;
  /** `index` counts the host's interfaces from 0 in the order of the wires; its bridges follow the last one. */
  readonly host: (index: number) => Mac;
}

/** The first byte after a prefix that is given away; those below are left to the user. */
const FIRST = 0x10;
const SPINE_BASE = 0x21;
const END_OF_MACS = 2 ** 48;

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

  const guest = readPrefix(config.GUEST_MAC_ADDRESS_PREFIX);
  const host = readPrefix(config.MAC_PREFIX);
  const guestRange = { first: guest + FIRST, last: guest + serverBase + size.leaves * size.positions - 1 };
  const hostRange = { first: host + FIRST, last: host + FIRST + hostCount - 1 };
  checkRange(guestRange, "GUEST_MAC_ADDRESS_PREFIX", report);
  checkRange(hostRange, "MAC_PREFIX", report);
  checkApart(hostRange, guestRange, report);

  return {
    internetPort: (port) => formatMac(guest + FIRST + (port === 1 ? 0 : port)),
    spinePort: (spine, port) => formatMac(guest + SPINE_BASE + spineStride * (spine - 1) + port - 1),
    leafUplink: (leaf, uplink) => formatMac(guest + leafBase + leafStride * (leaf - 1) + uplink - 1),
    leafServerPort: (leaf, place) => formatMac(guest + serverBase + (leaf - 1) * size.positions + place),
    host: (index) => formatMac(hostRange.first + index),
  };
}

/** A 48-bit number is exact in a JavaScript number, which holds 53 bits. */
export function formatMac(value: number): Mac {
  const hex = value.toString(16).padStart(12, "0");
  return [0, 2, 4, 6, 8, 10].map((start) => hex.slice(start, start + 2)).join(":");
}

interface MacRange {
  readonly first: number;
  readonly last: number;
}

/** Five bytes as the 48-bit number whose last byte is zero. Some files have a colon after the last byte. */
function readPrefix(text: string): number {
  return Number.parseInt(text.replaceAll(":", ""), 16) * 256;
}

function checkRange(range: MacRange, key: string, report: Report): void {
  if (range.last >= END_OF_MACS || isMulticast(range.last)) {
    const count = range.last - range.first + 1;
    report(
      key,
      `the MAC addresses run out: there are no ${count} unicast ones from here on; use a lower prefix`,
    );
  }
}

function checkApart(host: MacRange, guest: MacRange, report: Report): void {
  if (host.first <= guest.last && guest.first <= host.last) {
    report(
      "MAC_PREFIX",
      `the host's MAC addresses ${formatRange(host)} meet the switches' ${formatRange(guest)} ` +
        "from GUEST_MAC_ADDRESS_PREFIX; move one of the prefixes",
    );
  }
}

function formatRange(range: MacRange): string {
  return `${formatMac(range.first)} to ${formatMac(range.last)}`;
}

/** IEEE 802: the lowest bit of the first byte. */
function isMulticast(mac: number): boolean {
  return Math.floor(mac / 2 ** 40) % 2 === 1;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
