import type { PortPeer } from "../fabric/types.ts";

/** Describes the other end of a port's link. */
export function describePeer(peer: PortPeer): string {
  switch (peer.kind) {
    case "host":
      return "the host";
    case "node":
      return `${peer.node} ${peer.port}`;
    case "server":
      return `server in rack ${peer.rack} at U${peer.position}`;
    case "outside":
      return `the outside, by the host's ${peer.device}`;
  }
}
