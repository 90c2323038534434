import type { Node } from "../../fabric/types.ts";
import { type Probe, SMALL_PACKET } from "../model/query.ts";
import { type CheckPlan, sessionsOf } from "./plan.ts";

/** An echo request, and what stands at its other end. */
export interface PlannedProbe extends Probe {
  readonly subject: string;
  /** The node that is to answer. */
  readonly target: string;
}

const HOST = "host";

/** To every loopback but one's own. @param node null for the host */
export function loopbackProbes({ fabric }: CheckPlan, node: Node | null): readonly PlannedProbe[] {
  return fabric.nodes
    .filter(({ name }) => name !== node?.name)
    .map(({ name, loopback }) => ({
      subject: `${node?.name ?? HOST} → ${name} ${loopback}`,
      target: name,
      address: String(loopback),
      size: SMALL_PACKET,
    }));
}

/** From the internet router, and from the host, to the host's router. None where it lies in the fabric's own network. */
export function wayOutProbe({ fabric, uplinkGateway }: CheckPlan): readonly PlannedProbe[] {
  return uplinkGateway === null || fabric.prefix.contains(uplinkGateway)
    ? []
    : [
        {
          subject: `internet → ${uplinkGateway}, the host's way out`,
          target: "internet",
          address: String(uplinkGateway),
          size: SMALL_PACKET,
        },
      ];
}

/**
 * Full-size ones over every link between nodes, sent by the end that is farther from the internet: the answer is as
 * large, so that one end will do. The host tries its own link.
 */
export function fullSizeProbes({ fabric }: CheckPlan, node: Node | null): readonly PlannedProbe[] {
  if (node === null) {
    const mtu = fabric.links.find(({ bridge }) => bridge.name === fabric.host.bridge)?.bridge.mtu;
    return [
      {
        subject: `${HOST} → ${fabric.host.gateway}`,
        target: "internet",
        address: String(fabric.host.gateway),
        size: mtu ?? fabric.mtu,
      },
    ];
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
