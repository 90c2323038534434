import type { MissingRequirement } from "../errors.ts";
import { isFabricGroup } from "../fabric/mark.ts";
import { hasHostLink } from "../fabric/member-part.ts";
import type { Fabric } from "../fabric/types.ts";
import { leavesByHost } from "../fabric/uplink.ts";
import { usedPrefixes } from "../fabric/used-prefixes.ts";
import type { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";
import { foreignRoutes, formatRoute } from "./foreign-routes.ts";
import type { ObservedDevice, ObservedNetwork, ObservedRoute } from "./model/observed.ts";
import { deviceOwnership, ownGroups, plannedNames } from "./model/ownership.ts";
import { unreachableDns } from "./unreachable-dns.ts";
import { uplinkConflicts } from "./uplink-conflicts.ts";

/**
 * Returns devices, routes and addresses of others that conflict with the fabric. Nothing is changed while there is any.
 */
export function findConflicts(
  fabric: Fabric,
  observed: ObservedNetwork,
  dnsServers: readonly Address[] = [],
): readonly MissingRequirement[] {
  const isOurs = deviceOwnership(fabric, observed.devices);
  const foreign = observed.devices.filter((device) => !isOurs(device));
  const groups = ownGroups(fabric, observed.devices);
  const planned = new Set(plannedNames(fabric));
  const routes = conflictingRoutes(fabric, observed);
  return [
    // Those of other fabrics are told together: see findClashes.
    ...foreign
      .filter(({ group }) => !isFabricGroup(group))
      .flatMap((device) => nameConflicts(planned, device)),
    ...vniConflicts(fabric, foreign),
    ...observed.devices
      .filter(({ group, kind }) => groups.includes(group) && kind === null)
      .map(groupConflict),
    ...routes.map(({ route, prefix }) => routeConflict(formatRoute(route), prefix)),
    ...foreign.flatMap((device) =>
      addressConflicts(
        fabric,
        device,
        routes.map(({ route }) => route),
      ),
    ),
    ...snatConflicts(fabric, observed, foreign),
    ...uplinkConflicts(fabric, observed),
    ...dnsServers.flatMap((address) => unreachableDns(fabric, observed, foreign, address)),
  ];
}

/**
 * Returns networks of others inside the fabric's whole network, in a part that the plan leaves unused: libvirt's
 * default network is one. The host keeps their more specific route, and the plan needs none of those addresses.
 */
export function networksInside(fabric: Fabric, observed: ObservedNetwork): readonly string[] {
  const inTheWay = conflictingRoutes(fabric, observed).map(({ route }) => route);
  return foreignRoutes(fabric, observed)
    .filter(({ route }) => !inTheWay.includes(route))
    .flatMap(({ route, network }) =>
      wholeNetworks(fabric)
        .filter((whole) => whole.overlaps(network) && network.length > whole.length)
        .map(
          (whole) =>
            `${formatRoute(route)} overlaps the fabric's ${whole}; it is kept, so servers in the fabric must not use its addresses`,
        ),
    );
}

/** Returns the whole network of each family; none on a host that has no route to it. */
function wholeNetworks(fabric: Fabric): readonly Prefix[] {
  const { prefix, networks6 } = fabric;
  return !hasHostLink(fabric) ? [] : [prefix, ...(networks6 === undefined ? [] : [networks6.prefix])];
}

const NO_DEFAULT_ROUTE: MissingRequirement = {
  what: "no default route",
  why: "MY_IP=auto needs a default route",
  fix: "set MY_IP in ikvswitch.conf to the source address of the fabric's traffic",
};

/** Checks the SNAT address: replies to the fabric's traffic return to it, so it has to be an address of this host. */
function snatConflicts(
  { host: { snatAddress }, uplink }: Fabric,
  { uplinkAddress }: ObservedNetwork,
  foreign: readonly ObservedDevice[],
): readonly MissingRequirement[] {
  if (!leavesByHost(uplink)) {
    return [];
  }
  if (snatAddress === "auto") {
    return uplinkAddress === null ? [NO_DEFAULT_ROUTE] : [];
  }
  const own = foreign.flatMap(({ name, addresses }) =>
    addresses.flatMap(({ address }) => (address.isLoopback ? [] : [{ name, address }])),
  );
  const list = own.map(({ name, address }) => `${address} (${name})`).join(", ");
  return own.some(({ address }) => address.equals(snatAddress))
    ? []
    : [
        {
          what: `MY_IP=${snatAddress} is not an address of this host`,
          why: "replies to the fabric are sent to that address",
          fix: `use MY_IP=auto, or an address of this host: ${list || "it has none"}; if ${snatAddress} is routed to this host, add it: ip address add ${snatAddress}/32 dev lo`,
        },
      ];
}

function nameConflicts(planned: ReadonlySet<string>, device: ObservedDevice): readonly MissingRequirement[] {
  return [device.name, ...device.alternativeNames]
    .filter((name) => planned.has(name))
    .map((name) => ({
      what: `a foreign ${device.kind ?? "network"} device named ${name} exists`,
      why: "the fabric needs a device of this name",
      fix: `rename or remove it (ip link del ${device.name}), or choose other names in ikvswitch.conf`,
    }));
}

/** The kernel allows one VXLAN of a VNI and a port. */
function vniConflicts({ links }: Fabric, foreign: readonly ObservedDevice[]): readonly MissingRequirement[] {
  const taken = new Map(
    foreign.flatMap(({ name, vxlan }) => (vxlan === null ? [] : [[`${vxlan.vni} ${vxlan.udpPort}`, name]])),
  );
  return links.flatMap(({ bridge, cut }) => {
    const device = cut && taken.get(`${cut.vni} ${cut.udpPort}`);
    return device === undefined
      ? []
      : [
          {
            what: `VNI ${cut?.vni} on UDP port ${cut?.udpPort} is in use by ${device}`,
            why: `the link of ${bridge.name} leads to ${cut?.remoteMember} by it`,
            fix: "set VXLAN_VNI_START to the start of a free range, or VXLAN_PORT, in ikvswitch.conf",
          },
        ];
  });
}

/**
 * Describes a foreign device in our group: one without a kind, such as hardware, can't be removed, and the kernel would
 * refuse to remove the group.
 */
function groupConflict({ name, group }: ObservedDevice): MissingRequirement {
  return {
    what: `${name} is in link group ${group}`,
    why: "ikvswitch owns all devices of that group, and removes them",
    fix: `ip link set dev ${name} group default`,
  };
}

interface RouteConflict {
  readonly route: ObservedRoute;
  readonly prefix: Prefix;
}

/** blackhole, unreachable, prohibit, throw */
const NULL_ROUTE_TYPES = [6, 7, 8, 9];
/** Shorter prefixes than this are default routes in disguise, such as a VPN's 128.0.0.0/1. */
const SHORTEST_SPECIFIC = 8;

function conflictingRoutes(fabric: Fabric, observed: ObservedNetwork): readonly RouteConflict[] {
  const prefixes = ourPrefixes(fabric);
  return foreignRoutes(fabric, observed).flatMap(({ route, network }) => {
    const prefix = prefixes.find((candidate) => isInTheWay(route, network, candidate));
    return prefix ? [{ route, prefix: prefix.network }] : [];
  });
}

function isInTheWay({ type }: ObservedRoute, network: Prefix, ours: OurPrefix): boolean {
  // A null route for a wider network is a fallback below more specific routes, such as ours.
  const isSafetyNet = NULL_ROUTE_TYPES.includes(type) && network.length < ours.network.length;
  const isElsewhereInside = ours.unused && network.length > ours.network.length;
  return (
    network.overlaps(ours.network) &&
    network.length >= SHORTEST_SPECIFIC &&
    !isSafetyNet &&
    !isElsewhereInside
  );
}

function addressConflicts(
  fabric: Fabric,
  device: ObservedDevice,
  named: readonly ObservedRoute[],
): readonly MissingRequirement[] {
  return [...device.addresses, ...device.addresses6].flatMap((own) => {
    const prefix = ourPrefixes(fabric).find(
      ({ network, unused }) => !unused && network.contains(own.address),
    );
    const isNamed = named.some(({ devices }) => devices.includes(device.name));
    return prefix === undefined || isNamed
      ? []
      : [routeConflict(`address ${own} on ${device.name}`, prefix.network)];
  });
}

function routeConflict(what: string, prefix: Prefix): MissingRequirement {
  return {
    what: `${what} overlaps the fabric's ${prefix}`,
    why: "the host could reach only one of the two networks",
    fix: `give the fabric another network in ikvswitch.conf (${
      prefix.family === 6
        ? "HOST_VIRTUAL_SUBNET6"
        : "HOST_VIRTUAL_SUBNET_START_PREFIX, HOST_VIRTUAL_SUBNET_END_PREFIX; HOST_IPMI_IP for the BMCs"
    }), or remove the overlapping one`,
  };
}

interface OurPrefix {
  readonly network: Prefix;
  /** True for the whole network, which is only a route: others may use the parts that the plan leaves unused. */
  readonly unused: boolean;
}

function ourPrefixes(fabric: Fabric): readonly OurPrefix[] {
  return [
    ...wholeNetworks(fabric).map((network) => ({ network, unused: true })),
    ...(hasHostLink(fabric) ? usedPrefixes(fabric) : []).map((network) => ({ network, unused: false })),
  ];
}
