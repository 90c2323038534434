import type { Fabric } from "./types.ts";

/**
 * The same fabric as a kernel without 802.1Q can run it: BGP with servers is untagged, on the port itself, so there
 * is no place for DHCP and for layer 2 VLANs.
 */
export function untaggedFabric(fabric: Fabric): Fabric {
  return {
    ...fabric,
    nodes: fabric.nodes.map((node) => (node.role === "leaf" ? { ...node, dhcp: null, l2Vlans: [] } : node)),
    serverAccess: { ...fabric.serverAccess, vlan: null },
  };
}
