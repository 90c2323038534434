import type { Config } from "../config/types.ts";
import { Address } from "../net/address.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import type { NamedBy, TopologyEnd, TopologyLink } from "./cabling.ts";
import type { MacPlan } from "./macs.ts";
import type { Networks } from "./networks.ts";
import type { HostInterface, Link } from "./types.ts";

/** The BMC network carries management traffic only, no server traffic. */
const BMC_MTU = 1500;

/**
 * Plans the links with their MACs, MTUs and addresses. The host's link has the MTU of all others: the host routes its
 * traffic, so that a sender learns of a smaller MTU beyond by ICMP (RFC 1191).
 */
export function planLinks(
  config: Config,
  networks: Networks,
  macs: MacPlan,
  links: readonly TopologyLink[],
): Link[] {
  const bridgesFrom = countInterfaces(links);
  let nextInterface = 0;
  return links.map((link, index) => {
    const mtu = mtuOf(config, link);
    return {
      kind: link.kind,
      bridge: {
        name: link.bridge.name,
        mac: macs.host(bridgesFrom + index),
        mtu,
        addresses: addressesOf(config, networks, link),
      },
      interfaces: link.ends.map(
        (end): HostInterface => ({
          name: end.name,
          mac: macs.host(nextInterface++),
          mtu,
          kind: end.kind,
          end: end.at,
        }),
      ),
    };
  });
}

export function mtuOf(config: Config, link: TopologyLink): number {
  return link.kind === "bmc" ? BMC_MTU : config.FABRIC_MTU;
}

/** Returns the host's address on its link to the internet router; the router has the next one. */
export function hostAddress(networks: Pick<Networks, "host">): InterfaceAddress {
  return InterfaceAddress.in(networks.host, 1);
}

export function bmcAddress(config: Config, networks: Networks): InterfaceAddress {
  return new InterfaceAddress(Address.from(config.HOST_IPMI_IP), networks.bmc.length);
}

/** Returns the number of interfaces that the host gains, without bridges. */
export function countInterfaces(links: readonly TopologyLink[]): number {
  return links.reduce((sum, link) => sum + link.ends.length, 0);
}

/** Returns every interface name on the host, including bridges. */
export function hostNames(links: readonly TopologyLink[]): NamedBy[] {
  return links.flatMap((link): (NamedBy | TopologyEnd)[] => [...link.ends, link.bridge]);
}

function addressesOf(config: Config, networks: Networks, link: TopologyLink): InterfaceAddress[] {
  switch (link.kind) {
    case "host":
      return [hostAddress(networks), ...(networks.v6 === null ? [] : [hostAddress(networks.v6)])];
    case "bmc":
      return [bmcAddress(config, networks)];
    default:
      return [];
  }
}
