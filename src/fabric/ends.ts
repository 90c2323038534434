import type { Fabric, Link, LinkEnd, PortPeer } from "./types.ts";

/** Returns the links that join two ends. The BMC network is excluded. */
export function linksOf(fabric: Fabric): readonly Link[] {
  return fabric.links.filter(({ kind }) => kind !== "bmc");
}

/** `spine1 ens5`, `server1-3-1`, `host`. */
export function endName(end: PortPeer): string {
  switch (end.kind) {
    case "host":
      return "host";
    case "node":
      return `${end.node} ${end.port}`;
    case "server":
      return serverName(end);
    case "outside":
      return `outside, by ${end.device}`;
  }
}

/** Rack, position and NIC, as in the name of the tap: `server1-3-1`. */
export function serverName({ rack, position, nic }: Extract<LinkEnd, { kind: "server" }>): string {
  return `server${rack}-${position}-${nic}`;
}

/** `spine1 ens5 – leaf1 ens4`. */
export function linkName(link: Link): string {
  return link.interfaces.map(({ end }) => endName(end)).join(" – ");
}
