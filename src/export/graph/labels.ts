import { endName } from "../../fabric/ends.ts";
import type { Link, Node, PortPeer } from "../../fabric/types.ts";

/** Names an end of a link: `leaf1 ens6`, `rack 1 U3 NIC 1`. */
export function labelEnd(end: PortPeer): string {
  return end.kind === "server" ? `rack ${end.rack} U${end.position} NIC ${end.nic}` : endName(end);
}

/** Names a switch's AS, and its member where there are several hosts: `AS 65501 on alpha`. */
export function labelAs({ asn, member }: Pick<Node, "asn" | "member">): string {
  return member === undefined ? `AS ${asn}` : `AS ${asn} on ${member}`;
}

/** Returns a link's device names on the host, from end to end: `ikst12 – iksb12 – iklt11`. */
export function labelLink(link: Link): string {
  const [first, ...others] = link.interfaces.map((end) => end.name);
  return [first, link.bridge.name, ...others].join(" – ");
}

/** Returns first and last name, `U3 … U15`, or the only one. */
export function rangeOf(names: readonly string[], between = " … "): string {
  return names.length > 1 ? `${names.at(0)}${between}${names.at(-1)}` : names.join("");
}
