import type { Fabric, Node, Port } from "../../fabric/types.ts";
import { hostEndMac } from "../../fabric/uplink.ts";
import { LINK_GROUP } from "../../host/model/ownership.ts";

/** A port of a switch. */
export type NetnsPort = VethPort | MacvlanPort;

interface PortInside {
  /** Name inside the switch. */
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
}

/** A veth pair with one end in the switch's namespace and the other on the host. */
export interface VethPort extends PortInside {
  readonly hostEnd: HostEnd;
}

/** The host's end, which is a port of the link's bridge like a tap. */
export interface HostEnd {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly bridge: string;
  /** The bridge is not the fabric's, and learns the sources of frames on this port. */
  readonly outside?: true;
}

/** An interface on a NIC of the host, which exists in the switch's namespace only. */
export interface MacvlanPort extends PortInside {
  readonly nic: string;
}

/** Returns a node's ports with both planned ends. */
export function netnsPorts(fabric: Fabric, node: Node): readonly NetnsPort[] {
  const hostEnds = new Map(
    fabric.links.flatMap(({ bridge, interfaces }) =>
      interfaces.map(
        ({ name, mac, mtu }) => [name, { name, mac: String(mac), mtu, bridge: bridge.name }] as const,
      ),
    ),
  );
  return node.ports.flatMap((port): readonly NetnsPort[] => {
    const { name, mac, mtu, tap, peer } = port;
    const inside = { name, mac: String(mac), mtu };
    if (peer.kind === "outside") {
      return [outsidePort(fabric, port, inside)];
    }
    const hostEnd = hostEnds.get(tap);
    return hostEnd === undefined ? [] : [{ ...inside, hostEnd }];
  });
}

function outsidePort({ uplink }: Fabric, port: Port, inside: PortInside): NetnsPort {
  const { tap: name, mtu, bridge } = port;
  return uplink.kind === "macvtap"
    ? { ...inside, nic: uplink.device }
    : { ...inside, hostEnd: { name, mac: String(hostEndMac(port)), mtu, bridge, outside: true } };
}

/** Returns the host's ends of these ports. */
export function hostEndNames(ports: readonly NetnsPort[]): readonly string[] {
  return ports.flatMap((port) => ("hostEnd" in port ? [port.hostEnd.name] : []));
}

/**
 * Returns the line for libexec/sandbox/launch that makes a node's port: the switch, the kind of the port, and words for
 * ip, run on the host, in which PID stands for the switch's namespace.
 */
export function portLine(port: NetnsPort, nodeName: string): string {
  const { name, mac, mtu } = port;
  if (!("hostEnd" in port)) {
    const words = `link add link ${port.nic} name ${name} address ${mac} mtu ${mtu} netns PID type macvlan mode bridge`;
    return `${nodeName} macvlan ${words}`;
  }
  const { hostEnd } = port;
  return (
    `${nodeName} ${hostEnd.outside === true ? "outside" : "link"} ` +
    `link add ${hostEnd.name} address ${hostEnd.mac} mtu ${hostEnd.mtu} group ${LINK_GROUP} master ${hostEnd.bridge} type veth` +
    ` peer name ${name} address ${mac} mtu ${mtu} netns PID`
  );
}
