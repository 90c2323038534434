import type { Node } from "../../fabric/types.ts";
import { hasOwnPort } from "../../fabric/uplink.ts";
import { type Probe, SMALL_PACKET } from "../model/query.ts";
import { type CheckPlan, sessionsOf, wayOutSender } from "./plan.ts";

/** An echo request and its target. */
export interface PlannedProbe extends Probe {
  readonly subject: string;
  /** The node that must answer. */
  readonly target: string;
}

const HOST = "host";

/** Returns probes to every loopback except the sender's own. @param node the sender; null for the host */
export function loopbackProbes({ fabric }: CheckPlan, node: Node | null): readonly PlannedProbe[] {
  return fabric.nodes
    .filter(({ name }) => name !== node?.name)
    .flatMap(({ name, loopback, loopback6 }) =>
      [loopback, ...(loopback6 === undefined ? [] : [loopback6])].map((address) => ({
        subject: `${node?.name ?? HOST} → ${name} ${address}`,
        target: name,
        address: String(address),
        size: SMALL_PACKET,
      })),
    );
}

/**
 * Returns the probe to the router outside: from the fabric and, if the fabric leaves by the host, from the host. None if
 * that router's address lies in the fabric's own network.
 */
export function wayOutProbe({ fabric, uplinkGateway }: CheckPlan): readonly PlannedProbe[] {
  const sender = wayOutSender(fabric);
  const whose = hasOwnPort(fabric.uplink) ? "the" : "the host's";
  return uplinkGateway === null || fabric.prefix.contains(uplinkGateway)
    ? []
    : [
        {
          subject: `${sender} → ${uplinkGateway}, ${whose} way out`,
          target: "internet",
          address: String(uplinkGateway),
          size: SMALL_PACKET,
        },
      ];
}

/**
 * Returns full-size probes over every link between nodes. The end that is farther from the internet sends them; the
 * answer has the same size, so one end is enough. The host probes its own link.
 */
export function fullSizeProbes({ fabric }: CheckPlan, node: Node | null): readonly PlannedProbe[] {
  if (node === null) {
    const mtu = fabric.links.find(({ bridge }) => bridge.name === fabric.host.bridge)?.bridge.mtu;
    const { gateway, uplink6 } = fabric.host;
    return [gateway, ...(uplink6 === undefined ? [] : [uplink6.gateway])].map((address) => ({
      subject: `${HOST} → ${address}`,
      target: "internet",
      address: String(address),
      size: mtu ?? fabric.mtu,
    }));
  }
  const farther = new Set(fabric.sessions.filter(({ b }) => b.node === node.name).map(({ b }) => b.port));
  return sessionsOf(fabric, node)
    .filter(({ port }) => farther.has(port))
    .map(({ port, peer, peerPort, peerLinkLocal, mtu }) => ({
      subject: `${node.name} ${port} → ${peer.name} ${peerPort}`,
      target: peer.name,
      address: `${peerLinkLocal}%${port}`,
      size: mtu,
    }));
}
