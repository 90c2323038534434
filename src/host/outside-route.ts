import type { Fabric } from "../fabric/types.ts";
import { hasOwnPort } from "../fabric/uplink.ts";

/**
 * Returns the command that gives the router of the network outside its route to the fabric; null if it needs none,
 * because the fabric's packets are translated or it learns the route by BGP.
 * @param hostAddress the host's address there; empty if unknown
 */
export function outsideRoute({ uplink, prefix }: Fabric, hostAddress: string): string | null {
  const command = (gateway: string) => `ip route add ${prefix} via ${gateway}`;
  if ("bgp" in uplink && uplink.bgp !== null) {
    return null;
  }
  if (uplink.kind === "routed") {
    return command(hostAddress || "HOST_ADDRESS");
  }
  return hasOwnPort(uplink) && !uplink.nat
    ? command(String(uplink.address?.address ?? "INTERNET_ADDRESS"))
    : null;
}
