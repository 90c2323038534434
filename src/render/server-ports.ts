import type { InterfaceName, LinkEnd, Node, Port } from "../fabric/types.ts";

export type ServerPort = Port & { readonly peer: Extract<LinkEnd, { kind: "server" }> };

/** A node's ports into which servers are plugged, in the order of their numbers. */
export function serverPorts(node: Node): readonly ServerPort[] {
  return node.ports.filter(isServerPort);
}

/** The interface on which a leaf speaks with a server: `ens6.10`, or `ens6` where that is untagged. */
export function serverInterface(port: Pick<Port, "name">, vlan: number | null): InterfaceName {
  return vlan === null ? port.name : `${port.name}.${vlan}`;
}

function isServerPort(port: Port): port is ServerPort {
  return port.peer.kind === "server";
}
