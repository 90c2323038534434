import type { Fabric, InterfaceName, Node } from "../../fabric/types.ts";
import { hasOwnPort } from "../../fabric/uplink.ts";
import type { Address } from "../../net/address.ts";
import type { CheckedServer } from "../model/server.ts";
import { type PlannedPrefix, plannedPrefixes } from "./prefixes.ts";

/** The reference of the check: the fabric and facts derived from it. */
export interface CheckPlan {
  readonly fabric: Fabric;
  readonly prefixes: readonly PlannedPrefix[];
  /** The router towards the outside: the host's, or that of the internet router's own port. Null if there is none. */
  readonly uplinkGateway: Address | null;
  /** Running VMs that announce an address. */
  readonly servers: readonly CheckedServer[];
}

export function checkPlan(
  fabric: Fabric,
  uplinkGateway: Address | null = null,
  servers: readonly CheckedServer[] = [],
): CheckPlan {
  return { fabric, prefixes: plannedPrefixes(fabric), uplinkGateway, servers };
}

/** Returns the name of the switch that tests the way out: its packets have the fabric's own source. */
export function wayOutSender({ uplink, nodes }: Fabric): string | undefined {
  // By its own port, the internet router sends with its address there.
  const role = hasOwnPort(uplink) ? "spine" : "internet";
  return nodes.find((node) => node.role === role)?.name;
}

/** One end of a BGP session, as seen from its node. */
export interface SessionView {
  readonly port: InterfaceName;
  readonly peer: Node;
  readonly peerPort: InterfaceName;
  /** The link-local address of the peer's port. */
  readonly peerLinkLocal: Address;
  readonly mtu: number;
}

/** Returns the node's sessions with other nodes, in the order of its ports. */
export function sessionsOf(fabric: Fabric, node: Node): readonly SessionView[] {
  return node.ports.flatMap((port): readonly SessionView[] => {
    const { peer } = port;
    const other = fabric.nodes.find(({ name }) => peer.kind === "node" && name === peer.node);
    const otherPort = other?.ports.find(({ name }) => peer.kind === "node" && name === peer.port);
    return other === undefined || otherPort === undefined
      ? []
      : [
          {
            port: port.name,
            peer: other,
            peerPort: otherPort.name,
            peerLinkLocal: otherPort.linkLocal,
            mtu: port.mtu,
          },
        ];
  });
}
