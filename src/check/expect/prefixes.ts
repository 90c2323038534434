import type { Fabric, Node } from "../../fabric/types.ts";
import { Prefix } from "../../net/prefix.ts";
import { type WaysTo, waysTo } from "./paths.ts";

/** A prefix that a node of the fabric announces. */
export interface PlannedPrefix {
  readonly prefix: Prefix;
  readonly kind: "default" | "loopback" | "dhcp" | "vlan";
  readonly origin: Node;
  readonly ways: WaysTo;
}

export const DEFAULT_ROUTE = Prefix.from("0.0.0.0/0");

/** All prefixes that the fabric itself announces. Servers' prefixes depend on the attached VMs. */
export function plannedPrefixes(fabric: Fabric): readonly PlannedPrefix[] {
  return fabric.nodes.flatMap((origin) => {
    const ways = waysTo(fabric, origin);
    const from = (kind: PlannedPrefix["kind"], prefix: Prefix): PlannedPrefix => ({
      prefix,
      kind,
      origin,
      ways,
    });
    return [
      ...(origin.role === "internet" ? [from("default", DEFAULT_ROUTE)] : []),
      from("loopback", Prefix.single(origin.loopback)),
      ...(origin.role === "leaf" ? leafNetworks(origin, from) : []),
    ];
  });
}

function leafNetworks(
  leaf: Extract<Node, { role: "leaf" }>,
  from: (kind: PlannedPrefix["kind"], prefix: Prefix) => PlannedPrefix,
): readonly PlannedPrefix[] {
  return [
    ...(leaf.dhcp === null ? [] : [from("dhcp", leaf.dhcp.prefix)]),
    ...leaf.l2Vlans.map(({ prefix }) => from("vlan", prefix)),
  ];
}

/** The prefixes that one end of a session receives from the other. */
export interface Announced {
  readonly always: readonly PlannedPrefix[];
  /**
   * Received or not, depending on which of several equal paths the speaker selects as best: it announces only that one.
   */
  readonly maybe: readonly PlannedPrefix[];
}

/** Returns the prefixes that `listener` accepts from `speaker`: none whose AS path contains the listener. */
export function announced(planned: readonly PlannedPrefix[], speaker: Node, listener: Node): Announced {
  const always: PlannedPrefix[] = [];
  const maybe: PlannedPrefix[] = [];
  for (const prefix of planned) {
    const hops = prefix.ways.get(speaker.name) ?? [];
    const back = hops.filter(({ node }) => node === listener.name).length;
    const isOwn = prefix.origin.name === speaker.name;
    const knows = isOwn || (hops.length > 0 && speaker.role !== "leaf");
    if (!knows || prefix.origin.name === listener.name || (back > 0 && back === hops.length)) {
      continue;
    }
    (back > 0 ? maybe : always).push(prefix);
  }
  return { always, maybe };
}
