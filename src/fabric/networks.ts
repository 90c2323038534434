import type { Config } from "../config/types.ts";
import { prefix24 } from "../config/value-types/addresses.ts";
import { Address } from "../net/address.ts";
import { Prefix } from "../net/prefix.ts";
import { type Networks6, planNetworks6 } from "./networks6.ts";
import type { Report } from "./report.ts";
import type { FabricSize } from "./size.ts";

/** The networks named by the configuration, without automatic ones. */
export interface Networks {
  /** The whole network, SNATed when it leaves the host. */
  readonly whole: Prefix;
  /** NET1: the network of the host's link. */
  readonly host: Prefix;
  /** NET3: one /32 for each node. */
  readonly loopbacks: Prefix;
  readonly bmc: Prefix;
  /** DHCP networks by rack, including racks that don't exist yet. */
  readonly dhcp: ReadonlyMap<number, Prefix>;
  /** Networks of the L2 VLANs, in the order of their VLAN ids. */
  readonly vlans: readonly Prefix[];
  /** All networks inside the whole one, including NET2, which is kept free. */
  readonly taken: readonly Prefix[];
  /** The networks of IPv6; null if the fabric has IPv4 only. */
  readonly v6: Networks6 | null;
}

/** The configuration's checks guarantee that they do not overlap and lie inside the whole network. */
export function planNetworks(config: Config, size: FabricSize, report: Report): Networks {
  const host = prefix24(config.HOST_VIRTUAL_SUBNET_NET1);
  const free = prefix24(config.HOST_VIRTUAL_SUBNET_NET2);
  const loopbacks = prefix24(config.HOST_VIRTUAL_SUBNET_NET3);
  const dhcp = new Map(
    Object.entries(config.DHCPD_SUBNET).map(([rack, octets]) => [Number(rack), prefix24(octets)]),
  );
  const vlans = Array.from({ length: config.VLAN_SUBNETS_NUM }, (_, index) =>
    prefix24(config.VLAN_SBUNET_PREFIX[index + 1] ?? ""),
  );
  return {
    whole: Prefix.around(
      Address.from(`${config.HOST_VIRTUAL_SUBNET_PREFIX}.0`),
      config.NETWORK_PREFIX_LENGTH,
    ),
    host,
    loopbacks,
    bmc: Prefix.around(Address.from(config.HOST_IPMI_IP), 24),
    dhcp,
    vlans,
    taken: [host, free, loopbacks, ...dhcp.values(), ...vlans],
    v6: planNetworks6(config, size, report),
  };
}
