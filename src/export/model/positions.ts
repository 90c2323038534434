import { UsageError } from "../../errors.ts";
import { allPositionNics, type PositionNic } from "../../fabric/positions.ts";
import type { Fabric } from "../../fabric/types.ts";

/** The racks and positions to export; empty: all. */
export interface Selection {
  readonly racks: readonly number[];
  readonly positions: readonly number[];
}

/** A rack position: the server there, and its NICs. */
export interface ServerPlace {
  /** `server1-3`: a host name as well, and a name for libvirt and Kubernetes. */
  readonly name: string;
  readonly rack: number;
  readonly position: number;
  readonly nics: readonly PositionNic[];
}

/**
 * Returns the selected rack positions, by rack and position.
 * @throws UsageError for a rack or a position that the fabric lacks
 */
export function selectPlaces(fabric: Fabric, { racks, positions }: Selection): readonly ServerPlace[] {
  const missingRack = racks.find((rack) => fabric.racks.every(({ number }) => number !== rack));
  if (missingRack !== undefined) {
    throw new UsageError(`no rack ${missingRack}; the fabric has racks 1 to ${fabric.racks.length}`);
  }
  const all = fabric.racks[0]?.positions ?? [];
  const missing = positions.find((position) => !all.includes(position));
  if (missing !== undefined) {
    throw new UsageError(`no position ${missing}; servers may take U${all.at(0)} to U${all.at(-1)}`);
  }
  return allPositionNics(fabric)
    .flatMap((nics): readonly ServerPlace[] => {
      const [first] = nics;
      return first === undefined ? [] : [placeOf(first, nics)];
    })
    .filter(({ rack }) => racks.length === 0 || racks.includes(rack))
    .filter(({ position }) => positions.length === 0 || positions.includes(position));
}

function placeOf({ rack, position }: PositionNic, nics: readonly PositionNic[]): ServerPlace {
  return { name: serverName(rack, position), rack, position, nics };
}

/** Name of the server at a rack position. */
export function serverName(rack: number, position: number): string {
  return `server${rack}-${position}`;
}

/** Name of the network that leads to a NIC's leaf port: `rack1-u3-nic1`. */
export function networkName({ rack, position, nic }: PositionNic): string {
  return `rack${rack}-u${position}-nic${nic}`;
}

/** `rack 1 U3 NIC 1, leaf1 ens6`. */
export function describeNic({ rack, position, nic, leaf, port }: PositionNic): string {
  return `rack ${rack} U${position} NIC ${nic}, ${leaf} ${port}`;
}
