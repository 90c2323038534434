import type { Fabric, Wire, WireEnd } from "./types.ts";

/** The wires that join two ends. The BMCs' network is no wire between anybody. */
export function wiresOf(fabric: Fabric): readonly Wire[] {
  return fabric.wires.filter(({ kind }) => kind !== "bmc");
}

/** `spine1 ens5`, `server1-3-1`, `host`. */
export function endName(end: WireEnd): string {
  switch (end.kind) {
    case "host":
      return "host";
    case "node":
      return `${end.node} ${end.port}`;
    case "server":
      return serverName(end);
  }
}

/** Rack, position and NIC, as in the name of the tap: `server1-3-1`. */
export function serverName({ rack, position, nic }: Extract<WireEnd, { kind: "server" }>): string {
  return `server${rack}-${position}-${nic}`;
}

/** `spine1 ens5 – leaf1 ens4`. */
export function wireName(wire: Wire): string {
  return wire.interfaces.map(({ end }) => endName(end)).join(" – ");
}
