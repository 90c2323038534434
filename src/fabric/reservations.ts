import { Address } from "../net/address.ts";
import { Mac } from "../net/mac.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Report } from "./report.ts";
import type { DhcpReservation } from "./types.ts";

/**
 * Assigns each reservation, written `MAC=address` or `MAC=address=hostname`, to the scope that contains its address,
 * and reports those that no DHCP server could hand out.
 *
 * @param router the router's place in each scope's network
 * @returns reservations by scope, in the order of the scopes, each in the order written
 */
export function assignReservations(
  texts: readonly string[],
  scopes: readonly Prefix[],
  router: number,
  report: Report,
): DhcpReservation[][] {
  const assigned = scopes.map((): DhcpReservation[] => []);
  for (const text of texts) {
    const [mac = "", addressText = "", hostname = null] = text.split("=");
    const address = Address.from(addressText);
    const index = scopes.findIndex((scope) => scope.contains(address));
    const problem = findProblem(address, scopes, index, router);
    if (problem === null) {
      assigned[index]?.push({ mac: Mac.from(mac), address, hostname });
    } else {
      report("DHCP_RESERVATIONS", `${text}: ${problem}`);
    }
  }
  return assigned;
}

function findProblem(
  address: Address,
  scopes: readonly Prefix[],
  index: number,
  router: number,
): string | null {
  const scope = scopes[index];
  if (scope === undefined) {
    return `the address is in no rack's DHCP network: ${scopes.join(", ")}`;
  }
  if (address.equals(scope.at(router))) {
    return `${address} is the rack's router`;
  }
  if (address.equals(scope.first) || address.equals(scope.last)) {
    return "the first and the last address of a network are no machine's";
  }
  return null;
}
