import type { Config } from "../config/types.ts";
import { type Network, networkAround, parseAddress } from "./address.ts";

/** The networks that the configuration names, before any are found automatically. */
export interface Networks {
  /** Everything of ours: SNATed when it leaves. */
  readonly whole: Network;
  /** NET1: the host's wire. */
  readonly host: Network;
  /** NET3: one /32 for each node. */
  readonly loopbacks: Network;
  readonly bmc: Network;
  /** DHCP networks by rack, also of racks that don't exist yet. */
  readonly dhcp: ReadonlyMap<number, Network>;
  /** Networks of the L2 VLANs, in the order of their VLAN ids. */
  readonly vlans: readonly Network[];
  /** All that lie in the whole one, with NET2, which is kept free. */
  readonly taken: readonly Network[];
}

/** That they are apart and inside the whole network was checked with the configuration. */
export function planNetworks(config: Config): Networks {
  const host = threeOctets(config.HOST_VIRTUAL_SUBNET_NET1);
  const free = threeOctets(config.HOST_VIRTUAL_SUBNET_NET2);
  const loopbacks = threeOctets(config.HOST_VIRTUAL_SUBNET_NET3);
  const dhcp = new Map(
    Object.entries(config.DHCPD_SUBNET).map(([rack, octets]) => [Number(rack), threeOctets(octets)]),
  );
  const vlans = Array.from({ length: config.VLAN_SUBNETS_NUM }, (_, index) =>
    threeOctets(config.VLAN_SBUNET_PREFIX[index + 1]),
  );
  return {
    whole: around(`${config.HOST_VIRTUAL_SUBNET_PREFIX}.0`, config.NETWORK_PREFIX_LENGTH),
    host,
    loopbacks,
    bmc: around(config.HOST_IPMI_IP, 24),
    dhcp,
    vlans,
    taken: [host, free, loopbacks, ...dhcp.values(), ...vlans],
  };
}

/** The configuration writes a /24 as its first three octets: `192.168.96`. */
function threeOctets(octets: string | undefined): Network {
  return around(`${octets}.0`, 24);
}

function around(text: string, length: number): Network {
  const address = parseAddress(text);
  if (address === null) {
    throw new Error(`"${text}" passed the checks of the configuration and is no address`);
  }
  return networkAround(address, length);
}
