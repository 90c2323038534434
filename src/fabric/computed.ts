import type { Fabric, LeafNode } from "./types.ts";

/** A value derived from the configuration, as printed by `config show`. */
export interface ComputedRow {
  readonly what: string;
  readonly value: string;
}

/** Returns the addresses that no key names: gateway, loopbacks, BMCs, DHCP pools, VLAN gateways. */
export function describeComputed(fabric: Fabric): ComputedRow[] {
  const leaves = fabric.nodes.filter((node) => node.role === "leaf");
  return [
    { what: "whole network", value: String(fabric.prefix) },
    { what: "host's address", value: String(fabric.host.address) },
    { what: "host's gateway to the fabric", value: String(fabric.host.gateway) },
    { what: "host's address in the BMC network", value: String(fabric.host.bmcAddress) },
    { what: "servers may announce", value: fabric.serverAccess.allowedPrefixes.join(", ") },
    ...fabric.nodes.map((node) => ({
      what: node.name,
      value: `loopback ${node.loopback}, AS ${node.asn}, VNC port ${node.machine.vncPort}, BMC ${node.bmc.address.address}`,
    })),
    ...leaves.flatMap(describeDhcp),
    ...leaves.flatMap(describeVlans),
  ];
}

function describeDhcp(leaf: LeafNode): ComputedRow[] {
  return leaf.dhcp === null
    ? []
    : [
        {
          what: `DHCP of rack ${leaf.rack}`,
          value: `${leaf.dhcp.prefix}, pool ${leaf.dhcp.poolFirst} to ${leaf.dhcp.poolLast}, router ${leaf.dhcp.router.address}`,
        },
      ];
}

function describeVlans(leaf: LeafNode): ComputedRow[] {
  return leaf.l2Vlans.map((vlan) => ({
    what: `VLAN ${vlan.id} on ${leaf.name}`,
    value: `${vlan.prefix}, gateway ${vlan.gateway.address}`,
  }));
}
