import type { ServingLeaf } from "../fabric/reservations.ts";
import { Address } from "../net/address.ts";
import type { LeafLeases, Lease } from "./lease.ts";

/** An address of a rack's DHCP: leased, reserved or both. */
export interface LeaseReport {
  readonly rack: number;
  readonly leaf: string;
  readonly address: string;
  readonly mac: string;
  readonly hostname: string | null;
  /** Null if it is reserved, but not leased. */
  readonly state: Lease["state"] | null;
  /** ISO 8601; null without a lease. */
  readonly expires: string | null;
  readonly reserved: boolean;
}

/** The DHCP server of a rack that did not answer. */
export interface SilentServer {
  readonly rack: number;
  readonly leaf: string;
  readonly why: string;
}

export interface LeasesReport {
  readonly leases: readonly LeaseReport[];
  readonly unknown: readonly SilentServer[];
}

/** @param answers of the leaves, in their order */
export function reportLeases(leaves: readonly ServingLeaf[], answers: readonly LeafLeases[]): LeasesReport {
  const pairs = leaves.flatMap((leaf, index) => {
    const answer = answers[index];
    return answer === undefined ? [] : [{ leaf, answer }];
  });
  return {
    leases: pairs.flatMap(({ leaf, answer }) => reportLeaf(leaf, answer.known ? answer.leases : [])),
    unknown: pairs.flatMap(({ leaf, answer }) =>
      answer.known ? [] : [{ rack: leaf.rack, leaf: leaf.name, why: answer.why }],
    ),
  };
}

function reportLeaf({ name, rack, dhcp }: ServingLeaf, leases: readonly Lease[]): readonly LeaseReport[] {
  const isReserved = ({ address, mac }: Lease) =>
    dhcp.reservations.some((one) => String(one.address) === address && String(one.mac) === mac);
  const leased = leases.map((lease): LeaseReport => {
    const { address, mac, hostname, state, expires } = lease;
    return {
      ...{ rack, leaf: name, address, mac, state },
      hostname: hostname === "" ? null : hostname,
      expires: new Date(expires * 1000).toISOString(),
      reserved: isReserved(lease),
    };
  });
  const unused = dhcp.reservations
    .filter(({ mac, address }) =>
      leases.every((lease) => lease.mac !== String(mac) || lease.address !== String(address)),
    )
    .map(
      ({ mac, address, hostname }): LeaseReport => ({
        ...{ rack, leaf: name, address: String(address), mac: String(mac), hostname },
        ...{ state: null, expires: null, reserved: true },
      }),
    );
  return [...leased, ...unused].sort((a, b) => Address.from(a.address).compare(Address.from(b.address)));
}
