import type { Fabric, Node } from "../../fabric/types.ts";
import { LINK_GROUP } from "../../host/model/ownership.ts";

/** A port of a switch: a veth pair with one end in the switch's namespace and the other on the host. */
export interface VethPort {
  /** In the switch. */
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  /** The host's end, a port of the link's bridge in place of a tap. */
  readonly hostEnd: {
    readonly name: string;
    readonly mac: string;
    readonly mtu: number;
    readonly bridge: string;
  };
}

/** A node's ports, each with both ends as planned. */
export function vethPorts(fabric: Fabric, node: Node): readonly VethPort[] {
  const hostEnds = new Map(
    fabric.links.flatMap(({ bridge, interfaces }) =>
      interfaces.map(
        ({ name, mac, mtu }) => [name, { name, mac: String(mac), mtu, bridge: bridge.name }] as const,
      ),
    ),
  );
  return node.ports.flatMap(({ name, mac, mtu, tap }) => {
    const hostEnd = hostEnds.get(tap);
    return hostEnd === undefined ? [] : [{ name, mac: String(mac), mtu, hostEnd }];
  });
}

/** The line for ip, run on the host, that makes a node's port. The last word stands for its namespace. */
export function vethLine({ name, mac, mtu, hostEnd }: VethPort, nodeName: string): string {
  return (
    `link add ${hostEnd.name} address ${hostEnd.mac} mtu ${hostEnd.mtu} group ${LINK_GROUP} master ${hostEnd.bridge} type veth` +
    ` peer name ${name} address ${mac} mtu ${mtu} netns ${nodeName}`
  );
}
