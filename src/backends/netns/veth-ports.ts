import type { Fabric, Node } from "../../fabric/types.ts";
import { LINK_GROUP } from "../../host/model/ownership.ts";

/** A port of a switch: a veth pair with one end in the switch's namespace and the other on the host. */
export interface VethPort {
  /** Name inside the switch. */
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  /** The host's end, which is a port of the link's bridge like a tap. */
  readonly hostEnd: {
    readonly name: string;
    readonly mac: string;
    readonly mtu: number;
    readonly bridge: string;
  };
}

/** Returns a node's ports with both planned ends. */
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

/** Returns the line for ip, run on the host, that makes a node's port. Its last word denotes the switch's namespace. */
export function vethLine({ name, mac, mtu, hostEnd }: VethPort, nodeName: string): string {
  return (
    `link add ${hostEnd.name} address ${hostEnd.mac} mtu ${hostEnd.mtu} group ${LINK_GROUP} master ${hostEnd.bridge} type veth` +
    ` peer name ${name} address ${mac} mtu ${mtu} netns ${nodeName}`
  );
}
