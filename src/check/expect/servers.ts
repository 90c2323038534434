import { positionNics } from "../../fabric/positions.ts";
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

/** Returns a node's sessions with the servers, in their order. */
export function serverSessions(
  { fabric, servers }: { readonly fabric: Fabric; readonly servers: readonly CheckedServer[] },
  node: Node,
): readonly ServerSession[] {
  return servers.flatMap((server) =>
    positionNics(fabric, server.rack, server.position)
      .filter(({ leaf }) => leaf === node.name)
      .map(({ port }) => ({ server, port: serverInterface({ name: port }, fabric.serverAccess.vlan) })),
  );
}

/** Returns the host's probes to the addresses that the servers announce. */
export function serverProbes(servers: readonly CheckedServer[]): readonly PlannedProbe[] {
  return servers.map(({ name, address }) => ({
    subject: `host → ${name} ${address}`,
    target: name,
    address,
    size: SMALL_PACKET,
  }));
}
