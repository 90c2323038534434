import type { Lease, NodeObservation, Observation } from "../check/model/observation.ts";
import { allPositionNics, type PositionNic } from "../fabric/positions.ts";
import type { Fabric, InterfaceName, LeafNode } from "../fabric/types.ts";
import type { ObservedDevice } from "../host/model/observed.ts";
import { serverInterface } from "../render/server-ports.ts";
import type { TapHolder } from "./holders.ts";

export interface RackPosition {
  readonly rack: number;
  readonly position: number;
}

/** A rack position, and what is attached there. */
export interface PositionReport extends RackPosition {
  /** The member of a cluster that it is on; absent: this host. */
  readonly member?: string;
  /** `unknown`: its member does not answer. */
  readonly state: "free" | "occupied" | "unknown";
  readonly nics: readonly NicReport[];
}

/** One of a position's two NICs. */
export interface NicReport {
  readonly nic: 1 | 2;
  readonly tap: InterfaceName;
  readonly leaf: string;
  readonly port: InterfaceName;
  readonly carrier: boolean;
  /** Who has the tap open, and further devices at the link's bridge: ports, macvlans and macvtaps. */
  readonly by: readonly string[];
  /** The leaf's view; empty or null also where the leaf was not queried. */
  readonly macs: readonly string[];
  /** VLANs with frames from the server; untagged frames have none. */
  readonly vlans: readonly number[];
  readonly lease: Lease | null;
  /** Of DHCPv6; missing in a fabric that has IPv4 only. */
  readonly lease6?: Lease | null;
  readonly session: { readonly state: string; readonly remoteAs: number } | null;
  /** Prefixes of both families. */
  readonly announced: readonly string[];
  /** Why the leaf could not be queried. */
  readonly unknown: string | null;
}

/** What is attached to a NIC's link on the host. */
export interface Attachment {
  readonly nic: PositionNic;
  readonly carrier: boolean;
  readonly by: readonly string[];
}

/**
 * What is attached to each NIC of each position, by rack and position.
 * @param devices of the host
 */
export function findAttachments(
  fabric: Fabric,
  devices: readonly ObservedDevice[],
  holders: readonly TapHolder[],
): readonly (readonly Attachment[])[] {
  const byName = new Map(devices.map((device) => [device.name, device]));
  const planned = new Set(fabric.links.flatMap(({ interfaces }) => interfaces.map(({ name }) => name)));
  const guests = devices
    .filter(({ name }) => !planned.has(name))
    .map((device) => ({ ...device, bridge: device.master ?? device.lower }));
  return allPositionNics(fabric).map((nics) =>
    nics.map((nic): Attachment => {
      const beside = guests.filter(({ bridge }) => bridge === nic.bridge);
      const taps = [nic.tap, ...beside.map(({ name }) => name)];
      const held = holders.filter(({ tap }) => taps.includes(tap));
      const unheld = beside.filter(({ name }) => held.every(({ tap }) => tap !== name));
      return {
        nic,
        carrier: byName.get(nic.tap)?.carrier === true || beside.some(({ carrier }) => carrier),
        by: [...held.map(({ description }) => description), ...unheld.map(({ name }) => name)],
      };
    }),
  );
}

/** Whether somebody is there, also one who has not brought its NIC up. */
export function isOccupied({ carrier, by }: Attachment): boolean {
  return carrier || by.length > 0;
}

/** Returns the rack positions where somebody is attached. */
export function occupiedIn(...known: Parameters<typeof findAttachments>): readonly RackPosition[] {
  return findAttachments(...known).flatMap((nics) => {
    const [first] = nics;
    return first !== undefined && nics.some(isOccupied)
      ? [{ rack: first.nic.rack, position: first.nic.position }]
      : [];
  });
}

/** @param leaves observations by leaf; leaves without attachments were not queried */
export function reportPositions(
  fabric: Fabric,
  attachments: readonly (readonly Attachment[])[],
  leaves: ReadonlyMap<string, Observation>,
): readonly PositionReport[] {
  return attachments.flatMap((nics) => {
    const [first] = nics;
    return first === undefined
      ? []
      : [
          {
            rack: first.nic.rack,
            position: first.nic.position,
            state: nics.some(isOccupied) ? "occupied" : "free",
            nics: nics.map((attachment) => reportNic(fabric, attachment, leaves.get(attachment.nic.leaf))),
          },
        ];
  });
}

/** Returns all positions of a member that does not answer. */
export function unknownPositions(fabric: Fabric): readonly PositionReport[] {
  return allPositionNics(fabric).flatMap(([nic]) =>
    nic === undefined
      ? []
      : [{ rack: nic.rack, position: nic.position, state: "unknown" as const, nics: [] }],
  );
}

function reportNic(
  { serverAccess, networks6 }: Fabric,
  attachment: Attachment,
  leaf: Observation | undefined,
): NicReport {
  const { nic, carrier, by } = attachment;
  const place = { nic: nic.nic, tap: nic.tap, leaf: nic.leaf, port: nic.port, carrier, by };
  if (leaf === undefined || !isOccupied(attachment)) {
    return {
      ...{ ...place, macs: [], vlans: [], lease: null, ...(networks6 === undefined ? {} : { lease6: null }) },
      ...{ session: null, announced: [], unknown: null },
    };
  }
  const view = leaf.observation;
  const seen = view.macs.seen ? view.macs.value.filter(({ device }) => device === nic.port) : [];
  const macs = [...new Set(seen.map(({ mac }) => mac))];
  const vlans = [...new Set(seen.flatMap(({ vlan }) => vlan ?? []))].sort((a, b) => a - b);
  return {
    ...place,
    macs,
    vlans,
    lease: leaseOf(view.dhcp, macs),
    ...(networks6 === undefined ? {} : { lease6: leaseOf(view.dhcp6, macs) }),
    ...routingOf(view, serverInterface({ name: nic.port }, serverAccess.vlan)),
    unknown: leaf.unreachable,
  };
}

/** Returns a client's latest lease. */
function leaseOf(dhcp: NodeObservation["dhcp"], macs: readonly string[]): Lease | null {
  return (
    (dhcp.seen ? dhcp.value.leases.findLast(({ mac }) => macs.includes(mac.toLowerCase())) : undefined) ??
    null
  );
}

function routingOf(
  { frr }: NodeObservation,
  device: InterfaceName,
): Pick<NicReport, "session" | "announced"> {
  const session = frr.seen ? frr.value.sessions.get(device) : undefined;
  if (!frr.seen || session === undefined) {
    return { session: null, announced: [] };
  }
  const { state, remoteAs, address } = session;
  const announced = frr.value.prefixes
    .filter(({ from }) => from === address || from === device)
    .map(({ prefix }) => prefix);
  return { session: { state, remoteAs }, announced };
}

/** The interfaces of a leaf's that speak BGP with these servers. */
export function sessionPorts(
  { serverAccess }: Fabric,
  leaf: LeafNode,
  attachments: readonly Attachment[],
): readonly InterfaceName[] {
  return attachments
    .filter((attachment) => attachment.nic.leaf === leaf.name && isOccupied(attachment))
    .map(({ nic }) => serverInterface({ name: nic.port }, serverAccess.vlan));
}
