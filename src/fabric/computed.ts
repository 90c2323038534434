import { type PlugSocket, SEGMENT, SEGMENT_RACK } from "./plug-sockets.ts";
import type { Fabric, LeafNode } from "./types.ts";

/** A value derived from the configuration, as printed by `config show`. */
export interface ComputedRow {
  readonly what: string;
  readonly value: string;
}

/** Returns what no key names: gateway, loopbacks, BMCs, DHCP pools, VLAN gateways, and sockets. */
export function describeComputed(fabric: Fabric, plugs: readonly PlugSocket[]): ComputedRow[] {
  const { networks6, serverAccess } = fabric;
  const announced = [serverAccess, serverAccess.announced6].flatMap((each) => each?.allowedPrefixes ?? []);
  const leaves = fabric.nodes.filter((node) => node.role === "leaf");
  return [
    { what: "whole network", value: String(fabric.prefix) },
    ...(networks6 === undefined
      ? []
      : [
          { what: "addresses that servers announce in IPv6", value: String(networks6.serverPrefix) },
          { what: "host's IPv6 address", value: String(fabric.host.uplink6?.address) },
        ]),
    { what: "host's address", value: String(fabric.host.address) },
    { what: "host's gateway to the fabric", value: String(fabric.host.gateway) },
    { what: "host's address in the BMC network", value: String(fabric.host.bmcAddress) },
    { what: "servers may announce", value: announced.join(", ") },
    ...fabric.nodes.map((node) => ({
      what: node.name,
      value: `loopback ${bothOf(node.loopback, node.loopback6)}, AS ${node.asn}, VNC port ${node.machine.vncPort}, BMC ${node.bmc.address.address}`,
    })),
    ...leaves.flatMap(describeDhcp),
    ...leaves.flatMap(describeVlans),
    ...describeSegment(fabric, plugs),
    ...fabric.racks.flatMap(({ number }) => describeRackPlugs(number, plugs)),
  ];
}

function describeDhcp(leaf: LeafNode): ComputedRow[] {
  return leaf.dhcp === null
    ? []
    : [
        {
          what: `DHCP of rack ${leaf.rack}`,
          value: `${bothOf(leaf.dhcp.prefix, leaf.dhcp.network6?.prefix)}, pool ${leaf.dhcp.poolFirst} to ${leaf.dhcp.poolLast}, router ${leaf.dhcp.router.address}`,
        },
      ];
}

function describeVlans(leaf: LeafNode): ComputedRow[] {
  return leaf.l2Vlans.map((vlan) => ({
    what: `VLAN ${vlan.id} on ${leaf.name}`,
    value: `${vlan.prefix}, gateway ${bothOf(vlan.gateway.address, vlan.gateway6)}`,
  }));
}

function describeSegment({ nodes, host }: Fabric, plugs: readonly PlugSocket[]): ComputedRow[] {
  const leaf = nodes.find((node) => node.role === "leaf" && node.rack === SEGMENT_RACK && node.dhcp !== null);
  const dhcp = leaf?.role === "leaf" ? leaf.dhcp : null;
  return plugs
    .filter(({ name }) => name === SEGMENT)
    .map(({ port, path }) => ({
      what: "shared segment",
      value: [
        ...(dhcp === null
          ? []
          : [`${dhcp.prefix}, gateway ${dhcp.router.address}, this host ${host.address.address}`]),
        `127.0.0.1:${port}, ${path}`,
      ].join(", "),
    }));
}

function describeRackPlugs(rack: number, plugs: readonly PlugSocket[]): ComputedRow[] {
  const own = plugs.filter(({ name }) => name.startsWith(`${rack}-`));
  const [first, last] = [own.at(0), own.at(-1)];
  return first === undefined || last === undefined
    ? []
    : [
        {
          what: `sockets of rack ${rack}`,
          value: `127.0.0.1:${first.port} to ${last.port}, ${first.path} to ${last.name}`,
        },
      ];
}

/** `192.168.98.4 and fd69:6b76:7377:f::4` */
function bothOf(ipv4: object, ipv6: object | undefined): string {
  return ipv6 === undefined ? String(ipv4) : `${ipv4} and ${ipv6}`;
}
