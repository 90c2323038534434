/** A lease as the DHCP server of a leaf reports it. */
export interface Lease {
  /** Of DHCP or DHCPv6. */
  readonly address: string;
  readonly mac: string;
  /** The name that the client sent, or that is reserved for it; empty for none. */
  readonly hostname: string;
  /** `declined`: a client found another host with the address. */
  readonly state: "active" | "declined" | "expired";
  /** Seconds since the epoch, by the leaf's clock. */
  readonly expires: number;
}

/** The leases of a leaf, or the reason why they are unknown: `off`. */
export type LeafLeases =
  | { readonly known: true; readonly leases: readonly Lease[] }
  | { readonly known: false; readonly why: string };
