import { hasHostLink } from "../fabric/member-part.ts";
import type { Fabric, InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { connectMembers, type Folders } from "./connect.ts";

/** A host that has a part of the fabric's network: this host has all of it, or each member of a cluster has its own. */
export interface NetworkHost {
  /** Name of the member; null: this host. */
  readonly member: string | null;
  readonly host: Host;
  /** The fabric with those links and ends that are there. All nodes are in it. */
  readonly fabric: Fabric;
  /** Names of the switches there. */
  readonly nodes: readonly string[];
  /** Returns why a member does not answer, after some seconds at most; undefined if it does, as this host always does. */
  silence(): Promise<string | undefined>;
}

/** Returns the hosts of a fabric's network. Connects to none of them yet. */
export async function networkHosts(
  local: Host,
  fabric: Fabric,
  folders: Folders,
): Promise<readonly NetworkHost[]> {
  if (fabric.cluster === undefined) {
    const nodes = fabric.nodes.map(({ name }) => name);
    return [{ member: null, host: local, fabric, nodes, silence: async () => undefined }];
  }
  const members = await connectMembers(local, fabric, folders);
  return members.map(({ part, host }) => ({
    member: part.member.name,
    host,
    fabric: part.fabric,
    nodes: part.nodes,
    silence: () => host.reach(),
  }));
}

/** Returns the one that has the link by which packets leave the fabric: commands send their probes from there. */
export function sendingHost(hosts: readonly NetworkHost[]): NetworkHost {
  const found = hosts.find(({ fabric }) => hasHostLink(fabric));
  if (found === undefined) {
    throw new Error("no host has the fabric's host link");
  }
  return found;
}

/**
 * Returns the host that has a planned interface or bridge; of the two with the bridge of a link between members, the
 * first.
 * @throws Error if none has.
 */
export function hostWith(hosts: readonly NetworkHost[], name: InterfaceName): NetworkHost {
  const found = hosts.find(({ fabric }) =>
    fabric.links.some(
      ({ bridge, interfaces }) => bridge.name === name || interfaces.some((each) => each.name === name),
    ),
  );
  if (found === undefined) {
    throw new Error(`no host has ${name}`);
  }
  return found;
}
