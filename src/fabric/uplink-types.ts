import type { Address } from "../net/address.ts";
import type { InterfaceAddress } from "../net/interface-address.ts";
import type { InterfaceName } from "./interface-name.ts";

/** The way out of the fabric. */
export type Uplink =
  /** By the host, which translates the fabric's sources to its own address. */
  | { readonly kind: "nat" }
  /** By the host, which forwards packets unchanged. */
  | { readonly kind: "routed"; readonly bgp: BgpNeighbor | null }
  /** None; only the host itself and the fabric reach each other. */
  | { readonly kind: "isolated" }
  | OwnUplink;

/** By a port of the internet router's own, in a bridge of the host's or on a NIC of it. */
export interface OwnUplink {
  readonly kind: "bridge" | "macvtap";
  /** The bridge, or the NIC. Neither is the fabric's. */
  readonly device: InterfaceName;
  /** The internet router's address there, and its router; both null: by DHCP. */
  readonly address: InterfaceAddress | null;
  readonly gateway: Address | null;
  /** The internet router translates the fabric's sources to its own address there. */
  readonly nat: boolean;
  readonly bgp: BgpNeighbor | null;
}

/** A router outside, to which the internet router announces the fabric's prefixes. */
export interface BgpNeighbor {
  readonly address: Address;
  readonly asn: number;
}
