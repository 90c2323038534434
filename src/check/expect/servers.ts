import { linksAt } from "../../fabric/positions.ts";
import type { Fabric, InterfaceName, Node } from "../../fabric/types.ts";
import { serverInterface } from "../../render/server-ports.ts";
import { SMALL_PACKET } from "../model/query.ts";
import type { CheckedServer } from "../model/server.ts";
import type { PlannedProbe } from "./probes.ts";

/** A server's BGP session with a leaf. */
export interface ServerSession {
  readonly server: CheckedServer;
  /** The leaf's interface. */
  readonly port: InterfaceName;
}

/** Returns a node's sessions with the servers, in their order; without those over a link that the fabric lacks. */
export function serverSessions(
  { fabric, servers }: { readonly fabric: Fabric; readonly servers: readonly CheckedServer[] },
  node: Node,
): readonly ServerSession[] {
  return servers.flatMap((server) =>
    linksAt(fabric, server.rack, server.position)
      .filter(({ tap, leafEnd }) => tap.end.nic <= server.nics && leafEnd.end.node === node.name)
      .map(({ leafEnd }) => ({
        server,
        port: serverInterface({ name: leafEnd.end.port }, fabric.serverAccess.vlan),
      })),
  );
}

/** Returns the host's probes to the addresses that the servers announce. */
export function serverProbes(servers: readonly CheckedServer[]): readonly PlannedProbe[] {
  return servers.flatMap((server) =>
    addressesOf(server).map((address) => ({
      subject: `host → ${server.name} ${address}`,
      target: server.name,
      address,
      size: SMALL_PACKET,
    })),
  );
}

/** Returns what the server announces: one address of each family that the fabric has. */
export function addressesOf({ address, address6 }: CheckedServer): readonly string[] {
  return address6 === undefined ? [address] : [address, address6];
}
