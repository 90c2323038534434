import { UsageError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";

export interface Position {
  readonly rack: number;
  readonly position: number;
}

/** What the user demands; undefined: any. */
export interface Wanted {
  readonly rack: number | undefined;
  readonly position: number | undefined;
}

/**
 * Chooses free rack positions, each in the rack with the fewest occupied ones, the lowest position first.
 * @param isFree reports whether nobody is at the position.
 * @throws UsageError if a demanded position does not exist or is occupied, or if there are not enough free ones.
 */
export function choosePositions(
  fabric: Fabric,
  count: number,
  wanted: Wanted,
  isFree: (position: Position) => boolean,
): readonly Position[] {
  checkDemand(fabric, wanted);
  const racks = fabric.racks
    .filter(({ number }) => wanted.rack === undefined || number === wanted.rack)
    .map(({ number: rack, positions }) => {
      const free = positions.filter((position) => isFree({ rack, position }));
      return {
        rack,
        occupied: positions.length - free.length,
        free: free.filter((position) => wanted.position === undefined || position === wanted.position),
      };
    });
  const chosen: Position[] = [];
  while (chosen.length < count) {
    const open = racks.filter(({ free }) => free.length > 0);
    const next = open.toSorted((a, b) => a.occupied - b.occupied)[0];
    const position = next?.free.shift();
    if (next === undefined || position === undefined) {
      throw new UsageError(tooFew(count, chosen.length, wanted));
    }
    next.occupied += 1;
    chosen.push({ rack: next.rack, position });
  }
  return chosen;
}

function checkDemand(fabric: Fabric, { rack, position }: Wanted): void {
  const racks = fabric.racks.filter(({ number }) => rack === undefined || number === rack);
  if (racks.length === 0) {
    throw new UsageError(`no rack ${rack}; the fabric has racks 1 to ${fabric.racks.length}`);
  }
  const positions = racks[0]?.positions ?? [];
  if (position !== undefined && !positions.includes(position)) {
    throw new UsageError(
      `no position ${position}; servers may take U${positions.at(0)} to U${positions.at(-1)}`,
    );
  }
}

function tooFew(count: number, found: number, { rack, position }: Wanted): string {
  const where = [
    ...(rack === undefined ? [] : [`rack ${rack}`]),
    ...(position === undefined ? [] : [`U${position}`]),
  ];
  if (where.length === 2) {
    return `${where.join(" ")} is occupied; 'ikvswitch ports' shows by whom`;
  }
  const place = where.length === 0 ? "" : ` at ${where.join(" ")}`;
  const needed = count === 1 ? "1 free position is" : `${count} free positions are`;
  return `${needed} needed${place}, and ${found} are left; 'ikvswitch ports' lists them`;
}
