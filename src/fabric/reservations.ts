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

const KEY = "DHCP_RESERVATIONS";

/**
 * Gives every reservation, written `MAC=address` or `MAC=address=hostname`, to the scope that its address lies
 * in, and reports those that no server could hand out. One MAC may have a reservation in several scopes: a
 * server that changes racks.
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
    const reservation = readReservation(text, report);
    const address = reservation === null ? null : parseAddress(reservation.address);
    if (reservation === null || address === null) {
      continue;
    }
    const index = scopes.findIndex((scope) => containsAddress(scope, address));
    const scope = scopes[index];
    const others = assigned[index];
    if (scope === undefined || others === undefined) {
      report(
        KEY,
        `${text}: the address is in no rack's DHCP network: ${scopes.map(formatPrefix).join(", ")}`,
      );
      continue;
    }
    const problem = findConflict(reservation, address, scope, router, others);
    if (problem === null) {
      others.push(reservation);
    } else {
      report(KEY, `${text}: ${problem}`);
    }
  }
  return assigned;
}

function readReservation(text: string, report: Report): DhcpReservation | null {
  const [mac = "", address = "", hostname = null, ...rest] = text.split("=");
  const isMac = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i.test(mac);
  const isHostname = hostname === null || /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(hostname);
  if (rest.length > 0 || !isMac || !isHostname || parseAddress(address) === null) {
    report(KEY, `"${text}" is not MAC=address or MAC=address=hostname`);
    return null;
  }
  return { mac: mac.toLowerCase(), address, hostname };
}

function findConflict(
  wanted: DhcpReservation,
  address: number,
  scope: Network,
  router: number,
  others: readonly DhcpReservation[],
): string | null {
  if (wanted.address === addressAt(scope, router)) {
    return "the address is the rack's router";
  }
  if (address === scope.first || address === lastAddress(scope)) {
    return "the first and the last address of a network are no machine's";
  }
  const rival = others.find(
    (other) =>
      other.address === wanted.address ||
      other.mac === wanted.mac ||
      (other.hostname !== null && other.hostname === wanted.hostname),
  );
  return rival === undefined ? null : `${rival.mac}=${rival.address} has the same address, MAC or name`;
}
