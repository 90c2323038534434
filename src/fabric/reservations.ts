import {
  addressAt,
  containsAddress,
  formatPrefix,
  lastAddress,
  type Network,
  parseAddress,
} from "./address.ts";
import type { Report } from "./report.ts";
import type { DhcpReservation } from "./types.ts";

/**
 * Gives every reservation, written `MAC=address` or `MAC=address=hostname`, to the scope that its address lies
 * in, and reports those that no DHCP server could hand out.
 *
 * @param router the router's place in each scope's network
 * @returns reservations by scope, in the order of the scopes, each in the order written
 */
export function assignReservations(
  texts: readonly string[],
  scopes: readonly Network[],
  router: number,
  report: Report,
): DhcpReservation[][] {
  const assigned = scopes.map((): DhcpReservation[] => []);
  for (const text of texts) {
    const [mac = "", address = "", hostname = null] = text.split("=");
    const value = parseAddress(address);
    const index = scopes.findIndex((scope) => value !== null && containsAddress(scope, value));
    const problem = findProblem(value, scopes, index, router);
    if (problem === null) {
      assigned[index]?.push({ mac, address, hostname });
    } else {
      report("DHCP_RESERVATIONS", `${text}: ${problem}`);
    }
  }
  return assigned;
}

function findProblem(
  address: number | null,
  scopes: readonly Network[],
  index: number,
  router: number,
): string | null {
  const scope = scopes[index];
  if (address === null || scope === undefined) {
    return `the address is in no rack's DHCP network: ${scopes.map(formatPrefix).join(", ")}`;
  }
  if (address === scope.first + router) {
    return `${addressAt(scope, router)} is the rack's router`;
  }
  if (address === scope.first || address === lastAddress(scope)) {
    return "the first and the last address of a network are no machine's";
  }
  return null;
}
