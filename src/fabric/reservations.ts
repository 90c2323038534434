import { Address } from "../net/address.ts";
import { Mac } from "../net/mac.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Report } from "./report.ts";
import type { DhcpReservation, Fabric, LeafNode } from "./types.ts";

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
  const networks = scopes.map((prefix) => ({ prefix, router: prefix.at(router) }));
  for (const text of texts) {
    const reservation = parseReservation(text);
    const index = scopes.findIndex((scope) => scope.contains(reservation.address));
    const problem = findProblem(reservation.address, networks);
    if (problem === null) {
      assigned[index]?.push(reservation);
    } else {
      report("DHCP_RESERVATIONS", `${text}: ${problem}`);
    }
  }
  return assigned;
}

/** Parses a reservation that was validated before. */
export function parseReservation(text: string): DhcpReservation {
  const [mac = "", address = "", hostname = null] = text.split("=");
  return { mac: Mac.from(mac), address: Address.from(address), hostname };
}

/** Returns the text of a reservation, as in DHCP_RESERVATIONS. */
export function formatReservation({ mac, address, hostname }: DhcpReservation): string {
  return [mac, address, ...(hostname === null ? [] : [hostname])].join("=");
}

/** A reservation that no DHCP server of the fabric can hand out, with the reason. */
export interface UnfitReservation {
  readonly reservation: DhcpReservation;
  readonly problem: string;
}

/**
 * Adds reservations to a planned fabric, each to the leaf whose DHCP network contains the address. Those of the plan
 * come first: one that contradicts them is left out.
 */
export function addReservations(
  fabric: Fabric,
  reservations: readonly DhcpReservation[],
): { readonly fabric: Fabric; readonly unfit: readonly UnfitReservation[] } {
  return reservations.reduce<ReturnType<typeof addReservations>>(
    ({ fabric: sofar, unfit }, reservation) => {
      const scopes = servingLeaves(sofar).map(({ dhcp }) => dhcp);
      const problem =
        findProblem(
          reservation.address,
          scopes.map(({ prefix, router }) => ({ prefix, router: router.address })),
        ) ??
        findContradiction(
          reservation,
          scopes.flatMap((scope) => scope.reservations),
        );
      return problem === null
        ? { fabric: withReservation(sofar, reservation), unfit }
        : { fabric: sofar, unfit: [...unfit, { reservation, problem }] };
    },
    { fabric, unfit: [] },
  );
}

/** A leaf that serves DHCP. */
export type ServingLeaf = LeafNode & { readonly dhcp: NonNullable<LeafNode["dhcp"]> };

/** Returns the leaves that serve DHCP, in the order of the nodes. */
export function servingLeaves(fabric: Fabric): readonly ServingLeaf[] {
  return fabric.nodes.filter((node): node is ServingLeaf => node.role === "leaf" && node.dhcp !== null);
}

function withReservation(fabric: Fabric, reservation: DhcpReservation): Fabric {
  return {
    ...fabric,
    nodes: fabric.nodes.map((node) =>
      node.role === "leaf" && node.dhcp?.prefix.contains(reservation.address)
        ? { ...node, dhcp: { ...node.dhcp, reservations: [...node.dhcp.reservations, reservation] } }
        : node,
    ),
  };
}

interface Network {
  readonly prefix: Prefix;
  readonly router: Address;
}

function findProblem(address: Address, networks: readonly Network[]): string | null {
  const network = networks.find(({ prefix }) => prefix.contains(address));
  if (network === undefined) {
    return `the address is in no rack's DHCP network: ${networks.map(({ prefix }) => prefix).join(", ")}`;
  }
  if (address.equals(network.router)) {
    return `${address} is the rack's router`;
  }
  if (address.equals(network.prefix.first) || address.equals(network.prefix.last)) {
    return "the first and the last address of a network are no machine's";
  }
  return null;
}

function findContradiction(
  { mac, address, hostname }: DhcpReservation,
  others: readonly DhcpReservation[],
): string | null {
  const other = others.find(
    (one) =>
      one.mac.equals(mac) || one.address.equals(address) || (hostname !== null && one.hostname === hostname),
  );
  return other === undefined ? null : `${formatReservation(other)} is reserved`;
}
