import { type PositionNic, positionNics } from "../fabric/positions.ts";
import type { Fabric } from "../fabric/types.ts";
import type { VmRecord } from "./record.ts";

/** Reports whether the fabric has a VM's position: the configuration may have lost it since the VM was made. */
export function isPlanned(
  { racks }: Pick<Fabric, "racks">,
  { rack, position }: Pick<VmRecord, "rack" | "position">,
): boolean {
  return racks.some(({ number, positions }) => number === rack && positions.includes(position));
}

/**
 * Returns the NICs of a VM: the first ones of its rack position.
 * @throws UsageError where the fabric lacks that rack or position.
 */
export function vmNics(
  fabric: Fabric,
  { rack, position, profile }: Pick<VmRecord, "rack" | "position" | "profile">,
): readonly PositionNic[] {
  return positionNics(fabric, rack, position).slice(0, profile.nics);
}
