import type { Fabric, InterfaceName, Node } from "../fabric/types.ts";
import { hasOwnPort } from "../fabric/uplink.ts";
import type { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";

/** The firewall rules of the internet router's port outside. */
export interface UplinkContext {
  readonly interface: InterfaceName;
  /** The fabric's whole network. */
  readonly prefix: Prefix;
  readonly nat: boolean;
  /** The router outside that may open a BGP session; null if there is none. */
  readonly neighbor: Address | null;
}

/** Read by guest/common/serve-uplink. */
export const UPLINK_RULES = "/etc/ikvswitch/uplink.nft";
/** Has the name of the port on which it runs a DHCP client. */
export const UPLINK_DHCP = "/etc/ikvswitch/uplink.dhcp";

/** Returns null for a node without a port outside. */
export function uplinkContext({ uplink, prefix }: Fabric, node: Node): UplinkContext | null {
  const port = node.ports.find(({ peer }) => peer.kind === "outside");
  return port === undefined || !hasOwnPort(uplink)
    ? null
    : { interface: port.name, prefix, nat: uplink.nat, neighbor: uplink.bgp?.address ?? null };
}

/** Returns the port on which the node runs a DHCP client; null if there is none. */
export function dhcpClientPort({ uplink }: Fabric, node: Node): InterfaceName | null {
  const port = node.ports.find(({ peer }) => peer.kind === "outside");
  return port !== undefined && hasOwnPort(uplink) && uplink.address === null ? port.name : null;
}
