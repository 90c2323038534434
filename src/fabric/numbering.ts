import type { InterfaceName } from "./types.ts";

/** Rack R has the leaves 2R−1 and 2R. */
export function rackOf(leaf: number): number {
  return Math.ceil(leaf / 2);
}

/** 1 is the left leaf of its rack. */
export function sideOf(leaf: number): 1 | 2 {
  return leaf % 2 === 1 ? 1 : 2;
}

export function spineName(spine: number): string {
  return `spine${spine}`;
}

export function leafName(leaf: number): string {
  return `leaf${leaf}`;
}

/** Port 1 is `ens4` on every node. The name follows from the plan alone, not from a machine's PCI slots. */
export function portName(port: number): InterfaceName {
  return `ens${port + 3}`;
}

/** 1 to `count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
