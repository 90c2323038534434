import { UsageError } from "../errors.ts";
import type { Member } from "../fabric/cluster-types.ts";
import { memberOfRack } from "../fabric/member-part.ts";
import type { PositionNic } from "../fabric/positions.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { Context } from "./context.ts";
import { tell } from "./output.ts";

/** @throws UsageError for the segment if switches are on members: its sockets would be on this host. */
export function refuseSegment({ cluster }: Pick<Fabric, "cluster">): void {
  if (cluster !== undefined) {
    const members = cluster.members.map(({ name }) => name).join(", ");
    throw new UsageError(
      `the segment has no sockets: they would be on this host, and the switches are on ${members}; attach a VM by the taps of a rack position`,
    );
  }
}

/**
 * Returns the member that the NICs of a rack are on, and tells the user to attach the server there.
 * @param byTap the format attaches by tap.
 * @returns undefined if that is this host.
 * @throws UsageError for a format that attaches by socket: these are on this host.
 */
export function memberToPlug(fabric: Fabric, rack: number, byTap: boolean): Member | undefined {
  const member = memberOfRack(fabric, rack);
  if (member === undefined) {
    return undefined;
  }
  const { name, login, address } = member;
  if (!byTap) {
    throw new UsageError(
      `rack ${rack} is on ${name}, and sockets are on this host: choose a --format that attaches by tap`,
    );
  }
  tell(
    `Attach it on ${name} (ssh ${login}@${address}), as root: the taps of rack ${rack} are there, and root's.`,
  );
  return member;
}

/** Returns the host that the NICs are on; undefined if it can't be asked. Connects to a member with the first call. */
export async function hostOfNics(
  { host, fabric, settings }: Pick<Context, "host" | "fabric" | "settings">,
  [nic]: readonly PositionNic[],
): Promise<Host | undefined> {
  const member = memberOfRack(fabric, nic?.rack ?? 0);
  if (member === undefined) {
    return host;
  }
  const { networkHosts } = await import("../hosts/network-host.ts");
  try {
    const hosts = await networkHosts(host, fabric, settings);
    return hosts.find((one) => one.member === member.name)?.host;
  } catch {
    // An ordinary user may not write in RUN_DIR, and wants the arguments all the same.
    return undefined;
  }
}
