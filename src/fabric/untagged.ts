import type { Fabric } from "./types.ts";

/**
 * Returns the fabric as a kernel without 802.1Q can run it: BGP with servers is untagged, on the port itself, which
 * leaves no place for DHCP and layer 2 VLANs.
 */
export function untaggedFabric(fabric: Fabric): Fabric {
  return {
    ...fabric,
    nodes: fabric.nodes.map((node) => (node.role === "leaf" ? { ...node, dhcp: null, l2Vlans: [] } : node)),
    serverAccess: { ...fabric.serverAccess, vlan: null },
  };
}
