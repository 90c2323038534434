import type { Fabric } from "../../../fabric/types.ts";

/** Sizes in pixels. They are smaller in a picture of many racks. */
export interface Measures {
  readonly leafWidth: number;
  readonly leafHeight: number;
  /** Font size of a leaf's addresses. */
  readonly leafFontSize: number;
  /** Gap between the two leaves of a rack. */
  readonly leafGap: number;
  /** Padding between a rack's frame and its content. */
  readonly rackPadding: number;
  readonly rackGap: number;
  readonly slotHeight: number;
  readonly slotGap: number;
  /** Distance from a rack's frame to its slots: room for the links that run down beside them. */
  readonly slotInset: number;
  /** Font size of the names of taps. */
  readonly tapFontSize: number;
}

export const MARGIN = 40;
/** The squares with port numbers on a faceplate. They are narrower if there are many ports. */
export const PORT = { width: 17, height: 13, gap: 4, narrowest: 5 };
export const PORT_STEP = PORT.width + PORT.gap;

const ROOMY: Measures = {
  leafWidth: 148,
  leafHeight: 92,
  leafGap: 20,
  leafFontSize: 12,
  rackPadding: 20,
  rackGap: 28,
  slotHeight: 20,
  slotGap: 4,
  slotInset: 58,
  tapFontSize: 10.5,
};

const COMPACT: Measures = {
  leafWidth: 110,
  leafHeight: 88,
  leafGap: 8,
  leafFontSize: 10.5,
  rackPadding: 10,
  rackGap: 14,
  slotHeight: 16,
  slotGap: 3,
  slotInset: 42,
  tapFontSize: 8.5,
};

const MOST_ROOMY_RACKS = 6;

export function measuresFor(fabric: Fabric): Measures {
  const measures = fabric.racks.length > MOST_ROOMY_RACKS ? COMPACT : ROOMY;
  const widest = (rackWidth(measures) - 2 * measures.slotInset) / 2 - 24;
  return { ...measures, tapFontSize: Math.min(measures.tapFontSize, widest / (longestTap(fabric) * 0.61)) };
}

const MOST_LARGE_COLLAPSED = 6;

/** Returns the measures of racks whose positions are not drawn. */
export function collapsedMeasures(fabric: Fabric, measures: Measures): Measures {
  return fabric.racks.length > MOST_LARGE_COLLAPSED
    ? { ...measures, leafWidth: 62, leafHeight: 40, leafGap: 6, rackPadding: 8 }
    : { ...measures, leafWidth: 132, leafHeight: 76, leafGap: 14, rackPadding: 14 };
}

export function rackWidth(measures: Measures): number {
  return 2 * (measures.rackPadding + measures.leafWidth) + measures.leafGap;
}

/** Distance from one port of a spine to the next; smaller if all spines side by side would be wider than the racks. */
export function spinePortStep(spines: number, ports: number, racksWidth: number): number {
  const room = racksWidth / spines - 3 * PORT_STEP;
  return Math.min(PORT_STEP, Math.max(PORT.narrowest + PORT.gap, room / ports));
}

/** Length of the longest name of a server tap, in characters. */
function longestTap(fabric: Fabric): number {
  const names = fabric.links.flatMap((link) =>
    link.interfaces.flatMap(({ name, end }) => (end.kind === "server" ? [name.length] : [])),
  );
  return names.reduce((longest, length) => Math.max(longest, length), 1);
}
