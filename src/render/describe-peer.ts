import type { LinkEnd } from "../fabric/types.ts";

/** What a port's cable leads to, in words. */
export function describePeer(peer: LinkEnd): string {
  switch (peer.kind) {
    case "host":
      return "the host";
    case "node":
      return `${peer.node} ${peer.port}`;
    case "server":
      return `server in rack ${peer.rack} at U${peer.position}`;
  }
}
