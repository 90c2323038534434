import type { Fabric } from "../../fabric/types.ts";
import { nodeNames } from "../../render/names.ts";

/** A line of /etc/hosts (hosts(5)). */
export interface HostEntry {
  readonly address: string;
  /** The first is the canonical one. */
  readonly names: readonly string[];
}

/**
 * Returns the loopbacks of all switches, of IPv4 and IPv6.
 * @param hasBmcs true for their BMCs as well, as `leaf1-bmc`.
 */
export function hostEntries(
  fabric: Fabric,
  { hasBmcs }: { readonly hasBmcs: boolean },
): readonly HostEntry[] {
  const loopbacks = fabric.nodes.flatMap((node) =>
    [node.loopback, node.loopback6]
      .filter((address) => address !== undefined)
      .map((address) => ({ address: `${address}`, names: nodeNames(node, fabric.domain) })),
  );
  const bmcs = fabric.nodes.map(({ name, bmc }) => ({
    address: `${bmc.address.address}`,
    names: [`${name}-bmc`],
  }));
  return hasBmcs ? [...loopbacks, ...bmcs] : loopbacks;
}

/** Returns the lines, without a newline at the end of the last. */
export function formatHostEntries(entries: readonly HostEntry[]): string {
  const width = Math.max(...entries.map(({ address }) => address.length));
  return entries.map(({ address, names }) => `${address.padEnd(width)}  ${names.join(" ")}`).join("\n");
}
