import type { Fabric, InterfaceName, Node } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import { describePeer } from "./describe-peer.ts";
import { nodeNames } from "./names.ts";
import { serverPorts } from "./server-ports.ts";
import type { SharedSettings } from "./types.ts";

export interface HostsContext {
  /** `names` are separated by spaces. */
  readonly hosts: readonly { readonly address: Address; readonly names: string }[];
}

export interface ResolverContext {
  readonly domain: string;
  readonly dnsServers: readonly Address[];
}

export interface LldpContext {
  readonly hostname: string;
  readonly description: string;
  readonly loopback: Address;
  /** Port on which it neither announces itself nor listens; null if there is none. */
  readonly outside: InterfaceName | null;
}

export interface MotdContext {
  readonly hostname: string;
  readonly title: string;
  readonly facts: readonly string[];
  readonly ports: readonly string[];
}

export function hostsContext(fabric: Fabric, site: SharedSettings): HostsContext {
  return {
    hosts: [
      ...fabric.nodes.flatMap((node) => {
        const names = nodeNames(node, fabric.domain).join(" ");
        return addressesOf(node.loopback, node.loopback6).map((address) => ({ address, names }));
      }),
      // Last, so that a host with the name of a switch doesn't replace it.
      ...addressesOf(fabric.host.address.address, fabric.host.uplink6?.address.address).map((address) => ({
        address,
        names: site.hostName,
      })),
    ],
  };
}

export function resolverContext(fabric: Fabric, site: SharedSettings): ResolverContext {
  return { domain: fabric.domain, dnsServers: site.dnsServers };
}

export function lldpContext(node: Node): LldpContext {
  return {
    hostname: node.name,
    description: `ikvswitch ${role(node)}, AS ${node.asn}`,
    loopback: node.loopback,
    outside: node.ports.find(({ peer }) => peer.kind === "outside")?.name ?? null,
  };
}

export function motdContext(fabric: Fabric, node: Node): MotdContext {
  return {
    hostname: node.name,
    title: `This is ${node.name}: ${role(node)}.`,
    facts: [
      `AS ${node.asn}, loopback ${bothOf(node.loopback, node.loopback6)}`,
      ...(node.role === "leaf" ? leafFacts(fabric, node) : []),
    ],
    ports: portLines(node),
  };
}

/** Describes server ports in one line, since a rack may have hundreds. */
function portLines(node: Node): string[] {
  const wired = node.ports.filter(({ peer }) => peer.kind !== "server");
  const servers = serverPorts(node);
  const [first] = servers;
  const last = servers.at(-1);
  return [
    ...wired.map((port) => `${port.name}: ${describePeer(port.peer)}`),
    ...(first === undefined || last === undefined
      ? []
      : [`${first.name} to ${last.name}: servers at U${first.peer.position} to U${last.peer.position}`]),
  ];
}

function leafFacts(fabric: Fabric, leaf: Extract<Node, { role: "leaf" }>): string[] {
  const { vlan } = fabric.serverAccess;
  return [
    `BGP with servers ${vlan === null ? "untagged on" : `in VLAN ${vlan} of`} every server port`,
    ...(leaf.dhcp === null
      ? []
      : [
          `DHCP for ${bothOf(leaf.dhcp.prefix, leaf.dhcp.network6?.prefix)} on the untagged server ports (${leaf.dhcp.bridge})`,
        ]),
    ...leaf.l2Vlans.map(
      (vlan) =>
        `VLAN ${vlan.id}: ${vlan.prefix}, gateway ${bothOf(vlan.gateway, vlan.gateway6)} (${vlan.interface})`,
    ),
  ];
}

function addressesOf(ipv4: Address, ipv6: Address | undefined): Address[] {
  return ipv6 === undefined ? [ipv4] : [ipv4, ipv6];
}

/** `192.168.98.4 and fd69:6b76:7377:f::4` */
function bothOf(ipv4: object, ipv6: object | undefined): string {
  return ipv6 === undefined ? String(ipv4) : `${ipv4} and ${ipv6}`;
}

function role(node: Node): string {
  switch (node.role) {
    case "internet":
      return "the internet router";
    case "spine":
      return `spine ${node.spineNumber}`;
    case "leaf":
      return `${node.side === 1 ? "left" : "right"} leaf of rack ${node.rack}`;
  }
}
