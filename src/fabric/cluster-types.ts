import type { Address } from "../net/address.ts";
import type { InterfaceName } from "./interface-name.ts";

/** The hosts that the switches run on, and what links between them need. */
export interface Cluster {
  readonly members: readonly Member[];
  /** VNI of the first link of `Fabric.links`; each other link has the next one. */
  readonly vniStart: number;
  /** UDP port of VXLAN. */
  readonly vxlanPort: number;
}

/**
 * One side of a link whose ends are on two members: `port` and `patch` are a veth pair, and the link's bridge has
 * `port`. Frames that arrive at `patch` leave by `tunnel`, and the other way round.
 */
export interface CutEnd {
  readonly port: InterfaceName;
  readonly patch: InterfaceName;
  /** A VXLAN with one remote address. */
  readonly tunnel: InterfaceName;
  readonly vni: number;
  readonly udpPort: number;
  readonly local: Address;
  readonly remote: Address;
  /** Name of the member with the other end. */
  readonly remoteMember: string;
}

export interface Member {
  readonly name: string;
  /** On the network between the members, the underlay. */
  readonly address: Address;
  /** The user as whom ssh logs in there. */
  readonly login: string;
  /** Share of what is placed by load, compared with other members. */
  readonly weight: number;
}
