import type { MissingRequirement } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { usedPrefixes } from "../fabric/used-prefixes.ts";
import type { Address } from "../net/address.ts";
import { foreignRoutes, formatRoute } from "./foreign-routes.ts";
import { hasAddress, type ObservedDevice, type ObservedNetwork } from "./model/observed.ts";

/**
 * Returns a conflict if switches and servers can't reach a DNS server that they use. They reach addresses outside the
 * fabric's network, with the host's address as their source; the host itself; and servers in racks. They can't reach a
 * network of the host's that is inside the fabric's network: packets to it keep their source, and there is no route
 * back.
 */
export function unreachableDns(
  fabric: Fabric,
  observed: ObservedNetwork,
  foreign: readonly ObservedDevice[],
  server: Address,
): readonly MissingRequirement[] {
  const whole = fabric.prefix;
  if (!whole.contains(server) || foreign.some((device) => hasAddress(device, server))) {
    return [];
  }
  const isUsed = usedPrefixes(fabric).some((prefix) => prefix.contains(server));
  const theirs = foreignRoutes(fabric, observed)
    .filter(({ network }) => network.length > whole.length && network.contains(server))
    .toSorted((a, b) => b.network.length - a.network.length)[0];
  return isUsed || theirs === undefined
    ? []
    : [
        {
          what: `DNS server ${server} is unreachable from the fabric: ${formatRoute(theirs.route)} is within the fabric's ${fabric.prefix}`,
          why: "switches and servers use it, but that network has no route back to them",
          fix: "set DNS_SERVERS in ikvswitch.conf to servers outside, or give the fabric another network (HOST_VIRTUAL_SUBNET_START_PREFIX, HOST_VIRTUAL_SUBNET_END_PREFIX)",
        },
      ];
}
