import { ConfigError } from "../../errors.ts";
import type { Fabric, FabricNetworks6, LeafNode } from "../../fabric/types.ts";
import { describeUplink } from "../../fabric/uplink.ts";
import { formatFacts } from "../../format/facts.ts";
import { formatTable } from "../../format/table.ts";
import { labelEnd, rangeOf } from "./labels.ts";
import { formatNode } from "./node-tables.ts";

/**
 * Formats the plan for a terminal.
 *
 * @param nodeName only this switch, with all its ports
 * @throws ConfigError if there is no such switch
 */
export function formatPlan(fabric: Fabric, nodeName?: string): string {
  if (nodeName === undefined) {
    return formatFabric(fabric);
  }
  const node = fabric.nodes.find((candidate) => candidate.name === nodeName);
  if (node === undefined) {
    const names = fabric.nodes.map((candidate) => candidate.name).join(", ");
    throw new ConfigError([
      { file: "command line", message: `there is no switch "${nodeName}"; there are ${names}` },
    ]);
  }
  return formatNode(fabric, node);
}

function formatFabric(fabric: Fabric): string {
  const sections = [
    ["Fabric", formatSummary(fabric)],
    ["Switches", formatNodes(fabric)],
    ["DHCP", formatDhcp(fabric)],
    ["Layer 2 VLANs", formatVlans(fabric)],
    ["Links", formatLinks(fabric)],
  ];
  return sections
    .filter(([, text]) => text !== "")
    .map(([title, text]) => `${title}\n\n${text}`)
    .join("\n\n");
}

function formatSummary(fabric: Fabric): string {
  const { host, serverAccess, networks6 } = fabric;
  const announced = [serverAccess, serverAccess.announced6].flatMap((each) => each?.allowedPrefixes ?? []);
  const interfaces = fabric.links.flatMap((link) => link.interfaces).length;
  return formatFacts([
    ...formatWayOut(fabric),
    ...(networks6 === undefined ? [] : [["IPv6 network", describeNetwork6(fabric, networks6)] as const]),
    ["host", `${host.address} on ${host.bridge}, gateway ${host.gateway}`],
    ...(host.uplink6 === undefined
      ? []
      : [["IPv6 of host", `${host.uplink6.address}, gateway ${host.uplink6.gateway}`] as const]),
    ["BMC network", `${host.bmcPrefix}, host ${host.bmcAddress.address} on ${host.bmcBridge}`],
    ["loopbacks", bothOf(fabric.loopbackPrefix, networks6?.loopbackPrefix)],
    ["size", describeSize(fabric)],
    ...formatMembers(fabric),
    [
      fabric.cluster === undefined ? "host gains" : "hosts gain",
      `${interfaces} network interfaces, ${fabric.links.length} bridges`,
    ],
    ["MTU", `${fabric.mtu} bytes`],
    ["servers", `BGP on VLAN ${serverAccess.vlan}, may announce ${announced.join(", ")}`],
    ["refused", describeRefused(fabric)],
  ]);
}

/** The members, and the range of VNIs of links between them. */
function formatMembers({ cluster, links }: Fabric): [string, string][] {
  if (cluster === undefined) {
    return [];
  }
  const vnis = links.flatMap(({ vni }) => vni ?? []);
  const range = rangeOf([...new Set([vnis.at(0), vnis.at(-1)])].map(String), " to ");
  return [
    ["members", cluster.members.map(({ name, address }) => `${name} (${address})`).join(", ")],
    [
      "between them",
      `${vnis.length} links, ${vnis.length === 0 ? "" : `VNI ${range}, `}UDP port ${cluster.vxlanPort}`,
    ],
  ];
}

function formatWayOut(fabric: Fabric): [string, string][] {
  return fabric.uplink.kind === "nat"
    ? [["network", `${fabric.prefix}, SNATed to ${describeSnat(fabric)} when it leaves the host`]]
    : [
        ["network", String(fabric.prefix)],
        ["way out", describeUplink(fabric.uplink)],
      ];
}

function describeNetwork6({ host }: Fabric, { prefix }: FabricNetworks6): string {
  return host.uplink6?.nat === true
    ? `${prefix}, with the host's own source address when it leaves the host (NAT66)`
    : `${prefix}, which the host's router must route to the host`;
}

/** `192.168.98.0/24, fd69:6b76:7377:f::/64` */
function bothOf(ipv4: object, ipv6: object | undefined): string {
  return ipv6 === undefined ? String(ipv4) : `${ipv4}, ${ipv6}`;
}

function describeSnat(fabric: Fabric): string {
  const { snatAddress } = fabric.host;
  return snatAddress === "auto" ? "the address of the default route's interface" : String(snatAddress);
}

function describeSize(fabric: Fabric): string {
  const spines = fabric.nodes.filter((node) => node.role === "spine").length;
  const positions = fabric.racks[0]?.positions ?? [];
  const places = `U${positions.at(0)} to U${positions.at(-1)}`;
  return `${fabric.racks.length} racks with servers at ${places}, ${spines} spines, ${fabric.nodes.length} switches`;
}

function describeRefused(fabric: Fabric): string {
  return `default routes, ${bothOf(fabric.hostPrefix, fabric.networks6?.hostPrefix)}, the ${fabric.nodes.length} loopbacks`;
}

function formatNodes(fabric: Fabric): string {
  return formatTable(
    [
      ...["NAME", "ROLE", "RACK", "AS", "LOOPBACK", "BMC", "VNC PORT", "MEMORY MIB", "VCPUS", "PORTS"],
      ...(fabric.networks6 === undefined ? [] : ["IPV6 LOOPBACK"]),
      ...(fabric.cluster === undefined ? [] : ["MEMBER"]),
    ],
    fabric.nodes.map((node) => [
      node.name,
      node.role,
      node.role === "leaf" ? node.rack : null,
      node.asn,
      String(node.loopback),
      String(node.bmc.address.address),
      node.machine.vncPort,
      node.machine.memoryMiB,
      node.machine.vcpus,
      node.ports.length,
      ...(node.loopback6 === undefined ? [] : [String(node.loopback6)]),
      ...(node.member === undefined ? [] : [node.member]),
    ]),
  );
}

function formatDhcp(fabric: Fabric): string {
  return formatTable(
    [
      ...["RACK", "ON", "NETWORK", "POOL", "ROUTER", "NEXT SERVER", "RESERVATIONS"],
      ...(fabric.networks6 === undefined ? [] : ["IPV6 NETWORK"]),
    ],
    leavesOf(fabric).flatMap((leaf) =>
      leaf.dhcp === null
        ? []
        : [
            [
              leaf.rack,
              leaf.name,
              String(leaf.dhcp.prefix),
              `${leaf.dhcp.poolFirst} to ${leaf.dhcp.poolLast}`,
              String(leaf.dhcp.router.address),
              String(leaf.dhcp.nextServer),
              leaf.dhcp.reservations.length,
              ...(leaf.dhcp.network6 === undefined ? [] : [String(leaf.dhcp.network6.prefix)]),
            ],
          ],
    ),
  );
}

function formatVlans(fabric: Fabric): string {
  const rows = leavesOf(fabric).flatMap((leaf) =>
    leaf.l2Vlans.map(({ id, prefix, gateway, gateway6 }) => [
      ...[id, leaf.name, String(prefix), String(gateway.address)],
      ...(gateway6 === undefined ? [] : [String(gateway6)]),
    ]),
  );
  const heads = [
    ...["VLAN", "ON", "NETWORK", "GATEWAY"],
    ...(fabric.networks6 === undefined ? [] : ["IPV6 GATEWAY"]),
  ];
  return rows.length === 0 ? "" : formatTable(heads, rows);
}

function formatLinks(fabric: Fabric): string {
  const isAcross = fabric.cluster !== undefined;
  return formatTable(
    ["BRIDGE", ...(isAcross ? ["VNI"] : []), "INTERFACE", "OF", "INTERFACE", "OF"],
    fabric.links.map((link) => [
      link.bridge.name,
      ...(isAcross ? [link.vni ?? null] : []),
      ...link.interfaces.flatMap((end) => [end.name, labelEnd(end.end)]),
    ]),
  );
}

function leavesOf(fabric: Fabric): LeafNode[] {
  return fabric.nodes.filter((node) => node.role === "leaf");
}
