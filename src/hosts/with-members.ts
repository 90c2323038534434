import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { type ConnectedMember, connectMembers, disconnectMembers, type Folders } from "./connect.ts";

/**
 * Does work on a fabric's members that changes nothing there, or no more than is removed again: nothing of the
 * connections is left, unless the fabric is up and has its own.
 */
export async function withMembers<T>(
  local: Host,
  fabric: Fabric,
  folders: Folders,
  work: (members: readonly ConnectedMember[]) => Promise<T>,
): Promise<T> {
  const sockets = `${folders.runDir}/ssh`;
  const isNew = (await local.stat(sockets)) === undefined;
  const members = await connectMembers(local, fabric, folders);
  try {
    return await work(members);
  } finally {
    if (isNew) {
      await disconnectMembers(members);
      await local.remove(sockets);
    }
  }
}
