import type { Fabric, Node } from "../../fabric/types.ts";
import { leavesByHost } from "../../fabric/uplink.ts";
import type { Family } from "../../net/library.ts";
import { Prefix } from "../../net/prefix.ts";
import { type WaysTo, waysTo } from "./paths.ts";

/** A prefix that a node of the fabric announces. */
export interface PlannedPrefix {
  readonly prefix: Prefix;
  readonly kind: "default" | "host" | "loopback" | "dhcp" | "vlan";
  readonly origin: Node;
  readonly ways: WaysTo;
}

export const DEFAULT_ROUTES: Readonly<Record<Family, Prefix>> = {
  4: Prefix.from("0.0.0.0/0"),
  6: Prefix.from("::/0"),
};

/** Returns the address families in which the fabric has networks. */
export function familiesOf({ networks6 }: Fabric): readonly Family[] {
  return networks6 === undefined ? [4] : [4, 6];
}

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
      ...(origin.role === "internet" ? upstreamNetworks(fabric, from) : []),
      from("loopback", Prefix.single(origin.loopback)),
      ...(origin.loopback6 === undefined ? [] : [from("loopback", Prefix.single(origin.loopback6))]),
      ...(origin.role === "leaf" ? leafNetworks(origin, from) : []),
    ];
  });
}

type Announce = (kind: PlannedPrefix["kind"], prefix: Prefix) => PlannedPrefix;

/** The default route, and the host's networks that it does not lead to. */
function upstreamNetworks(fabric: Fabric, from: Announce): readonly PlannedPrefix[] {
  const { uplink, hostPrefix, host, networks6 } = fabric;
  const byHost = leavesByHost(uplink);
  return [
    ...(uplink.kind === "isolated" ? [] : [from("default", DEFAULT_ROUTES[4])]),
    // IPv6 leaves by the host only.
    ...(networks6 === undefined || !byHost ? [] : [from("default", DEFAULT_ROUTES[6])]),
    ...(byHost ? [] : [from("host", hostPrefix)]),
    ...(byHost || networks6 === undefined ? [] : [from("host", networks6.hostPrefix)]),
    ...(byHost || !host.reach.management ? [] : [from("host", host.bmcPrefix)]),
  ];
}

function leafNetworks(leaf: Extract<Node, { role: "leaf" }>, from: Announce): readonly PlannedPrefix[] {
  return [
    ...(leaf.dhcp === null ? [] : [from("dhcp", leaf.dhcp.prefix)]),
    ...(leaf.dhcp?.network6 === undefined ? [] : [from("dhcp", leaf.dhcp.network6.prefix)]),
    ...leaf.l2Vlans.map(({ prefix }) => from("vlan", prefix)),
    ...leaf.l2Vlans.flatMap(({ gateway6 }) =>
      gateway6 === undefined ? [] : [from("vlan", gateway6.prefix)],
    ),
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
