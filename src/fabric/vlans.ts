import type { Config } from "../config/types.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import type { Networks } from "./networks.ts";
import type { L2Vlan } from "./types.ts";

/**
 * Plans the layer 2 VLANs of the leaf that has them; ids count upwards from VLAN_START. The first one has the servers
 * with BGP, such as OpenStack's network nodes, which announce tenants' networks.
 */
export function planL2Vlans(config: Config, networks: Networks): L2Vlan[] {
  return networks.vlans.map((network, index) => ({
    id: config.VLAN_START + index,
    bridge: "servers0",
    interface: `vlan${config.VLAN_START + index}`,
    prefix: network,
    gateway: InterfaceAddress.in(network, 1),
    ...(networks.v6 === null
      ? {}
      : { gateway6: InterfaceAddress.in(networks.v6.vlan(config.VLAN_START + index), 1) }),
    bgpServers: index === 0 ? config.VLAN_BGP_SERVERS.map((octet) => network.at(Number(octet))) : [],
  }));
}
