import type { Fabric, InterfaceName, Node } from "../fabric/types.ts";
import { hasOwnPort, leavesByHost } from "../fabric/uplink.ts";
import type { Uplink } from "../fabric/uplink-types.ts";
import type { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";
import { type Sequenced, sequence } from "./sequence.ts";

/** The internet router's routes out of the fabric and to the host, as FRR has them. */
export interface Upstream {
  /** The default route, if it is fixed. */
  readonly defaultRoute: NextHop | null;
  /** The default route is the kernel's, which the DHCP client adds. */
  readonly learnsDefault: boolean;
  /** The host's address on its link, and the router's port there. */
  readonly host: NextHop;
  /** Networks of the host that the default route does not lead to. */
  readonly hostNetworks: readonly Prefix[];
  /** A prefix whose unknown destinations are discarded instead of being sent back to the host. */
  readonly discard: Prefix;
  readonly neighbor: OutsideNeighbor | null;
}

/** The internet router's routes of IPv6, which leaves by the host only. */
export interface Upstream6 {
  readonly defaultRoute: NextHop | null;
  readonly discard: Prefix;
}

export interface NextHop {
  readonly gateway: Address;
  readonly interface: InterfaceName;
}

/** A router outside, and the announcements to it. */
export interface OutsideNeighbor {
  readonly address: Address;
  readonly asn: number;
  /** Null for a neighbor on the internet router's own port; the host's address if the host is between the two. */
  readonly nextHop: Address | null;
  /** Entries of a prefix-list. */
  readonly prefixes: readonly Sequenced<string>[];
}

/** Returns null for all nodes but the internet router. */
export function upstreamOf(fabric: Fabric, node: Node): Upstream | null {
  const port = node.ports.find(({ peer }) => peer.kind === "host");
  if (port === undefined) {
    return null;
  }
  const { uplink, host } = fabric;
  const toHost = { gateway: host.address.address, interface: port.name };
  return {
    defaultRoute: defaultRoute(uplink, node, toHost),
    learnsDefault: hasOwnPort(uplink) && uplink.gateway === null,
    host: toHost,
    hostNetworks: !leavesByHost(uplink) && host.reach.management ? [host.bmcPrefix] : [],
    discard: fabric.prefix,
    neighbor: outsideNeighbor(fabric),
  };
}

/** Returns null for all nodes but the internet router, and for a fabric that has IPv4 only. */
export function upstream6Of({ uplink, networks6, host: { uplink6 } }: Fabric, node: Node): Upstream6 | null {
  const port = node.ports.find(({ peer }) => peer.kind === "host");
  if (port === undefined || networks6 === undefined || uplink6 === undefined) {
    return null;
  }
  const toHost = { gateway: uplink6.address.address, interface: port.name };
  return { defaultRoute: leavesByHost(uplink) ? toHost : null, discard: networks6.prefix };
}

/** Returns the ports whose networks the internet router announces because no default route leads to them. */
export function announcedUpstream({ uplink }: Fabric, node: Node): readonly InterfaceName[] {
  return leavesByHost(uplink)
    ? []
    : node.ports.filter(({ peer }) => peer.kind === "host").map(({ name }) => name);
}

function defaultRoute(uplink: Uplink, node: Node, toHost: NextHop): NextHop | null {
  if (!hasOwnPort(uplink)) {
    return leavesByHost(uplink) ? toHost : null;
  }
  const outside = node.ports.find(({ peer }) => peer.kind === "outside");
  return uplink.gateway === null || outside === undefined
    ? null
    : { gateway: uplink.gateway, interface: outside.name };
}

/** Announces the whole network, not its parts, and what servers may announce beyond it. */
function outsideNeighbor({ uplink, host, prefix, serverAccess }: Fabric): OutsideNeighbor | null {
  if (!("bgp" in uplink) || uplink.bgp === null) {
    return null;
  }
  const beyond = serverAccess.allowedPrefixes.filter((allowed) => !prefix.contains(allowed.first));
  return {
    ...uplink.bgp,
    nextHop: hasOwnPort(uplink) || host.snatAddress === "auto" ? null : host.snatAddress,
    prefixes: sequence([
      `permit ${prefix}`,
      ...beyond.map((allowed) => `permit ${allowed}${allowed.isSingle ? "" : " le 32"}`),
    ]),
  };
}
