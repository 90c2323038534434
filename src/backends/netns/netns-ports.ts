import { DEFAULT_MARK } from "../../fabric/mark.ts";
import type { Fabric, Node, Port } from "../../fabric/types.ts";
import { hostEndMac } from "../../fabric/uplink.ts";

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
  /** Its link group, if it is not that of the default fabric. */
  readonly group?: number;
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
  const group = groupOf(fabric);
  const hostEnds = new Map(
    fabric.links.flatMap(({ bridge, interfaces }) =>
      interfaces.map(
        ({ name, mac, mtu }) =>
          [name, { name, mac: String(mac), mtu, ...group, bridge: bridge.name }] as const,
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

function groupOf({ host: { mark } }: Fabric): Pick<HostEnd, "group"> {
  return mark.linkGroup === DEFAULT_MARK.linkGroup ? {} : { group: mark.linkGroup };
}

function outsidePort(fabric: Fabric, port: Port, inside: PortInside): NetnsPort {
  const { uplink } = fabric;
  if (uplink.kind === "macvtap") {
    return { ...inside, nic: uplink.device };
  }
  const { tap: name, mtu, bridge } = port;
  const mac = String(hostEndMac(port));
  return { ...inside, hostEnd: { name, mac, mtu, ...groupOf(fabric), bridge, outside: true } };
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
  const { group = DEFAULT_MARK.linkGroup } = hostEnd;
  return (
    `${nodeName} ${hostEnd.outside === true ? "outside" : "link"} ` +
    `link add ${hostEnd.name} address ${hostEnd.mac} mtu ${hostEnd.mtu} group ${group} master ${hostEnd.bridge} type veth` +
    ` peer name ${name} address ${mac} mtu ${mtu} netns PID`
  );
}
