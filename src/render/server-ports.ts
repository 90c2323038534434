import type { InterfaceName, LinkEnd, Node, Port } from "../fabric/types.ts";

export type ServerPort = Port & { readonly peer: Extract<LinkEnd, { kind: "server" }> };

/** Returns a node's ports for servers, ordered by number. */
export function serverPorts(node: Node): readonly ServerPort[] {
  return node.ports.filter(isServerPort);
}

/** Returns the interface of a leaf's BGP session with a server: `ens6.10`, or `ens6` if that is untagged. */
export function serverInterface(port: Pick<Port, "name">, vlan: number | null): InterfaceName {
  return vlan === null ? port.name : `${port.name}.${vlan}`;
}

function isServerPort(port: Port): port is ServerPort {
  return port.peer.kind === "server";
}
