import { type MemberPart, memberParts } from "../fabric/member-part.ts";
import type { Fabric } from "../fabric/types.ts";
import { statePaths } from "../nodes/state-paths.ts";
import { sha256 } from "../render/sha256.ts";
import type { Host } from "../system/host.ts";
import { type RemoteHost, remoteHost } from "../system/remote/remote-host.ts";

/** A member's part of the fabric, and the member itself. */
export interface ConnectedMember {
  readonly part: MemberPart;
  readonly host: RemoteHost;
}

export interface Folders {
  /** Has the key with which ssh logs in, and the members' host keys. */
  readonly stateDir: string;
  /** Has the sockets of shared connections. */
  readonly runDir: string;
}

/** Returns the members of a fabric. A connection is made by the first call, and shared by those that follow. */
export function connectMembers(
  local: Host,
  fabric: Fabric,
  folders: Folders,
): Promise<readonly ConnectedMember[]> {
  return connectParts(local, memberParts(fabric), folders);
}

/** Does the same for these parts of a fabric. */
export async function connectParts(
  local: Host,
  parts: readonly MemberPart[],
  { stateDir, runDir }: Folders,
): Promise<readonly ConnectedMember[]> {
  const sockets = `${runDir}/ssh`;
  await local.makeDirectory(sockets, 0o700);
  const { toolKey: identityFile, memberKeys: knownHosts } = statePaths(stateDir);
  return parts.map((part) => {
    const { name, login } = part.member;
    const address = String(part.member.address);
    // A member that gets another address must not be reached by the earlier connection. unix(7) has 107 bytes for a
    // path, and ssh adds some to this one.
    const controlPath = `${sockets}/${sha256(`${name} ${login} ${address}`).slice(0, 12)}`;
    return { part, host: remoteHost(local, { name, address, login, identityFile, knownHosts, controlPath }) };
  });
}

export async function disconnectMembers(members: readonly ConnectedMember[]): Promise<void> {
  await Promise.all(members.map(({ host }) => host.close()));
}
