import { UsageError } from "../errors.ts";
import { Mac } from "../net/mac.ts";
import type { Fabric, HostInterface, InterfaceName, Link, LinkEnd } from "./types.ts";

/** The place for one NIC of a server. */
export interface PositionNic {
  readonly rack: number;
  readonly position: number;
  /** 1 leads to the rack's left leaf, 2 to the right one. */
  readonly nic: 1 | 2;
  /** The tap on the host that the NIC attaches to, and the bridge that the tap is in. */
  readonly tap: InterfaceName;
  readonly bridge: InterfaceName;
  /** The switch at the link's other end, and its interface. */
  readonly leaf: string;
  readonly port: InterfaceName;
  readonly mtu: number;
  /** A suggestion: any other MAC that the fabric does not have works as well. */
  readonly mac: Mac;
}

/** A NIC for which `plug` prints how it attaches. */
export interface PluggedNic extends PositionNic {
  /** The member of a cluster with its tap; absent: this host. */
  readonly member?: string;
}

/** Locally administered. Rack, position and NIC follow, so that they can be read: 02:69:01:00:03:02. */
const FIRST_MAC = Mac.from("02:69:00:00:00:00");

/**
 * The two NICs of a rack position.
 * @throws UsageError where the fabric lacks that rack or position, with those that it has.
 */
export function positionNics(
  fabric: Fabric,
  rackNumber: number,
  position: number,
): readonly [PositionNic, PositionNic] {
  const rack = fabric.racks.find(({ number }) => number === rackNumber);
  if (rack === undefined) {
    throw new UsageError(`no rack ${rackNumber}; the fabric has racks 1 to ${fabric.racks.length}`);
  }
  if (!rack.positions.includes(position)) {
    const [first, last] = [rack.positions.at(0), rack.positions.at(-1)];
    throw new UsageError(
      `no position ${position} in rack ${rackNumber}; servers may take U${first} to U${last}`,
    );
  }
  const [one, two] = linksAt(fabric, rackNumber, position).map((link) => placeOf(link, rackNumber, position));
  if (one === undefined || two === undefined) {
    throw new Error(`the plan has no links for position ${position} in rack ${rackNumber}`);
  }
  return [one, two];
}

function placeOf({ link, tap, leafEnd }: ServerLink, rack: number, position: number): PositionNic {
  const { nic } = tap.end;
  return {
    rack,
    position,
    nic,
    tap: tap.name,
    bridge: link.bridge.name,
    leaf: leafEnd.end.node,
    port: leafEnd.end.port,
    mtu: tap.mtu,
    mac: FIRST_MAC.plus(rack * 0x100_0000 + position * 0x100 + nic),
  };
}

/** A link of a server, with both of its interfaces on the host. */
export interface ServerLink {
  readonly link: Link;
  readonly tap: InterfaceTo<"server">;
  readonly leafEnd: InterfaceTo<"node">;
}

type InterfaceTo<Kind extends LinkEnd["kind"]> = HostInterface & {
  readonly end: Extract<LinkEnd, { kind: Kind }>;
};

/** Returns the links of a position's NICs, in the order of these. */
export function linksAt(fabric: Fabric, rack: number, position: number): readonly ServerLink[] {
  return serverLinks(fabric)
    .filter(({ tap }) => tap.end.rack === rack && tap.end.position === position)
    .sort((a, b) => a.tap.end.nic - b.tap.end.nic);
}

/** Returns the NICs of all positions, by rack and position. */
export function allPositionNics(fabric: Fabric): readonly (readonly PositionNic[])[] {
  const byPosition = new Map<string, PositionNic[]>();
  for (const link of serverLinks(fabric)) {
    const { rack, position } = link.tap.end;
    const key = `${rack}-${position}`;
    byPosition.set(key, [...(byPosition.get(key) ?? []), placeOf(link, rack, position)]);
  }
  return fabric.racks.flatMap(({ number, positions }) =>
    positions.map((position) =>
      (byPosition.get(`${number}-${position}`) ?? []).toSorted((a, b) => a.nic - b.nic),
    ),
  );
}

function serverLinks(fabric: Fabric): ServerLink[] {
  return fabric.links.flatMap((link): ServerLink[] => {
    const tap = link.interfaces.find(leadsTo("server"));
    const leafEnd = link.interfaces.find(leadsTo("node"));
    return tap === undefined || leafEnd === undefined ? [] : [{ link, tap, leafEnd }];
  });
}

function leadsTo<Kind extends LinkEnd["kind"]>(kind: Kind) {
  return (item: HostInterface): item is InterfaceTo<Kind> => item.end.kind === kind;
}
