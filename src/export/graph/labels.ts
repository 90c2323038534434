import { endName } from "../../fabric/ends.ts";
import type { Wire, WireEnd } from "../../fabric/types.ts";

/** What is at an end of a wire, in words: `leaf1 ens6`, `rack 1 U3 NIC 1`. */
export function labelEnd(end: WireEnd): string {
  return end.kind === "server" ? `rack ${end.rack} U${end.position} NIC ${end.nic}` : endName(end);
}

/** The names that a wire has on the host, from end to end: `ikst12 – iksb12 – iklt11`. */
export function labelWire(wire: Wire): string {
  const [first, ...others] = wire.interfaces.map((end) => end.name);
  return [first, wire.bridge.name, ...others].join(" – ");
}
